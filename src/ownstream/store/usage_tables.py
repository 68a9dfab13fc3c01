"""What usage reports are made of, as tables, beside the sessions themselves."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ownstream.store.tables import Base, Documents, Scoped


class UsageReportsRow(Scoped, Base):
    """The usage reports of an account in a region. The row outlives a subscription."""

    __tablename__ = "usage_reports"
    bucket: Mapped[str] = mapped_column(String(128))
    subscribed: Mapped[bool] = mapped_column(default=True)
    reported_until: Mapped[datetime]  # the first instant that no report tells of yet
    last_generated_at: Mapped[datetime | None]
    errors: Mapped[list[dict[str, str]]] = mapped_column(Documents, default=list)


class LaunchRow(Base):
    """An application that a session has started."""

    __tablename__ = "launches"
    session_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # from 0 on, in each session
    account: Mapped[str] = mapped_column(String(12))
    region: Mapped[str] = mapped_column(String(32))
    application: Mapped[str] = mapped_column(String(256))
    launched_at: Mapped[datetime]

    __table_args__ = (Index("launches_by_time", "account", "region", "launched_at"),)
