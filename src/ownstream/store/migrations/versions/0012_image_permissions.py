"""Image permissions"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "image_permissions",
        sa.Column("image", sa.String(length=256), nullable=False),
        sa.Column("shared_account", sa.String(length=12), nullable=False),
        sa.Column("allow_fleet", sa.Boolean(), nullable=False),
        sa.Column("allow_image_builder", sa.Boolean(), nullable=False),
        sa.Column("account", sa.String(length=12), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("image", "shared_account", "account", "region"),
    )
    op.create_index(
        op.f("ix_image_permissions_shared_account"), "image_permissions", ["shared_account"]
    )
