"""Setups of sessions"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, length in (("setup", 8), ("end_text", 600)):
        column = sa.Column(name, sa.String(length=length), nullable=False, server_default="")
        op.add_column("sessions", column)
