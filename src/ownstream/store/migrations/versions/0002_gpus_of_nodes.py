"""GPUs of nodes"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nodes are written anew at each start: what the default says lasts a moment.
    op.add_column("nodes", sa.Column("gpus", sa.Integer(), nullable=False, server_default="0"))
