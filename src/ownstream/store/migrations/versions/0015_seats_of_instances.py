"""Seats of instances"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Instances that run are each one session's, and none drains.
    for name, length in (("part_of", 40), ("drain", 9)):
        column = sa.Column(name, sa.String(length=length), nullable=False, server_default="")
        op.add_column("instances", column)
