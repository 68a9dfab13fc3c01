"""User pools"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "users",
        sa.Column("account", sa.String(length=12), primary_key=True),
        sa.Column("region", sa.String(length=32), primary_key=True),
        sa.Column("name", sa.String(length=256), primary_key=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(length=256), nullable=False),
        sa.Column("password_expires_at", instant, nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("reset_digest", sa.String(length=64), nullable=False),
        sa.Column("reset_expires_at", instant, nullable=True),
    )
    op.create_table(
        "user_stacks",
        sa.Column("account", sa.String(length=12), primary_key=True),
        sa.Column("region", sa.String(length=32), primary_key=True),
        sa.Column("user", sa.String(length=256), primary_key=True),
        sa.Column("stack", sa.String(length=256), primary_key=True),
    )
    op.create_table(
        "logins",
        sa.Column("cookie_digest", sa.String(length=64), primary_key=True),
        sa.Column("account", sa.String(length=12), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("user", sa.String(length=256), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("expires_at", instant, nullable=False),
    )
    op.create_index("logins_by_user", "logins", ["account", "region", "user"])
    op.create_table(
        "mails",
        sa.Column("id", sa.String(length=36), primary_key=True),
        sa.Column("account", sa.String(length=12), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("user", sa.String(length=256), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("due_at", instant, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
    )
    op.create_index("mails_by_user", "mails", ["account", "region", "user"])
    op.create_table(
        "guesses",
        sa.Column("digest", sa.String(length=64), primary_key=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", instant, nullable=False),
    )
