"""Home folders of sessions"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Sessions that run have none: their folders were not filled when they began.
    column = sa.Column("home_folder", sa.String(length=8), nullable=False, server_default="")
    op.add_column("sessions", column)
