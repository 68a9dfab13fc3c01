"""Rows of applications, of the fleets that offer them, and of who is entitled to what."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ownstream.store.tables import Base, Document, Documents, Named, Scoped


class ApplicationRow(Named, Base):
    """An application of an app block; `icon` is the word by which browsers find its icon."""

    __tablename__ = "applications"
    icon: Mapped[str] = mapped_column(String(32), unique=True)


class ApplicationFleetRow(Scoped, Base):
    """An application that a fleet offers."""

    __tablename__ = "application_fleets"
    fleet: Mapped[str] = mapped_column(String(256), primary_key=True)
    application: Mapped[str] = mapped_column(String(256), primary_key=True)


class EntitlementRow(Scoped, Base):
    """An entitlement of a stack: its document has the members of its shape."""

    __tablename__ = "entitlements"
    stack: Mapped[str] = mapped_column(String(256), primary_key=True)
    name: Mapped[str] = mapped_column(String(256), primary_key=True)
    document: Mapped[dict[str, object]] = mapped_column(Document, default=dict)
    applications: Mapped[list[str]] = mapped_column(Documents, default=list)  # identifiers
    created_at: Mapped[datetime]
    modified_at: Mapped[datetime]
