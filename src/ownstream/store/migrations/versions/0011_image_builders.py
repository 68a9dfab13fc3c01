"""Image builders, and images that are made of layers"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("images") as images:
        # The images that there are are the host's own: they have no layers.
        images.add_column(sa.Column("layers", sa.JSON(), nullable=False, server_default="[]"))
        images.add_column(sa.Column("task", sa.JSON(), nullable=True))
    op.create_table(
        "icons",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "image_builders",
        sa.Column("goal", sa.String(length=8), nullable=False),
        sa.Column("goal_met", sa.Boolean(), nullable=False),
        sa.Column("failed", sa.String(length=1024), nullable=False),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.Column("image", sa.JSON(), nullable=False),
        sa.Column("layers", sa.JSON(), nullable=False),
        sa.Column("volume", sa.String(length=64), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=True),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account", sa.String(length=12), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("name", "account", "region"),
    )
