"""A user pool, as tables: users, what they may open, their logins, and the mail that waits."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ownstream.domain.guessing import Guesses
from ownstream.store.tables import Base, Named, Scoped


class UserRow(Named, Base):
    """A user; the name is the e-mail address. Their document has the two names."""

    __tablename__ = "users"
    id: Mapped[str] = mapped_column(String(36))
    enabled: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str] = mapped_column(String(256), default="")  # empty: none fits
    # None: the user has chosen the password; else it is temporary.
    password_expires_at: Mapped[datetime | None]
    confirmed: Mapped[bool] = mapped_column(default=False)
    reset_digest: Mapped[str] = mapped_column(String(64), default="")  # of a code; empty: none
    reset_expires_at: Mapped[datetime | None]

    @property
    def arn(self) -> str:
        """What the API names the user by; another user of the same name has another."""
        return self.scope.arn("user", f"userpool/{self.id}")


class UserStackRow(Scoped, Base):
    """A stack whose applications a user may open."""

    __tablename__ = "user_stacks"
    user: Mapped[str] = mapped_column(String(256), primary_key=True)
    stack: Mapped[str] = mapped_column(String(256), primary_key=True)


class LoginRow(Scoped, Base):
    """A browser in which a user has signed in: its cookie's digest."""

    __tablename__ = "logins"
    account: Mapped[str] = mapped_column(String(12))
    region: Mapped[str] = mapped_column(String(32))
    cookie_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user: Mapped[str] = mapped_column(String(256))
    must_change: Mapped[bool]  # good for nothing but to choose a password
    expires_at: Mapped[datetime]

    __table_args__ = (Index("logins_by_user", "account", "region", "user"),)


class MailRow(Scoped, Base):
    """A mail that has not been sent yet. What it says is made then: no secret waits here."""

    __tablename__ = "mails"
    account: Mapped[str] = mapped_column(String(12))
    region: Mapped[str] = mapped_column(String(32))
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user: Mapped[str] = mapped_column(String(256))
    kind: Mapped[str] = mapped_column(String(16))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index("mails_by_user", "account", "region", "user"),)


class GuessRow(Base):
    """Failures to sign in: of a name, whether or not there is such a user, or of an address."""

    __tablename__ = "guesses"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]

    @property
    def view(self) -> Guesses:
        """What the rule reads of it."""
        return Guesses(self.failures, self.last_at)
