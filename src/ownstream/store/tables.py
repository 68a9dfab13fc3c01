"""What is remembered, as tables: keys and what is looked up are columns, the rest one document.

Fleet state is not here: the goal is, and whether it has been met since it was set.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Index,
    LargeBinary,
    String,
    TypeDecorator,
)
from sqlalchemy.ext.mutable import MutableDict, MutableList
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ownstream.domain.capacity import NodeView
from ownstream.domain.fleets import InstanceView
from ownstream.domain.identities import Identity
from ownstream.domain.scope import Scope
from ownstream.domain.sessions import Times


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite keeps no zone, so it goes in and comes out as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


Document = MutableDict.as_mutable(JSON)
Documents = MutableList.as_mutable(JSON)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: UtcDateTime()}  # noqa: RUF012 - SQLAlchemy's own form


class Scoped:
    """The account and region of a row; both empty for what belongs to the service."""

    account: Mapped[str] = mapped_column(String(12), primary_key=True)
    region: Mapped[str] = mapped_column(String(32), primary_key=True)

    @property
    def scope(self) -> Scope:
        return Scope(self.account, self.region)


class Named(Scoped):
    """A resource that the API knows by name: its document has the members of its shape."""

    name: Mapped[str] = mapped_column(String(256), primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    created_at: Mapped[datetime]


class FleetRow(Named, Base):
    """A fleet: what is wanted of it, and what the API says of it apart from its state."""

    __tablename__ = "fleets"
    goal: Mapped[str] = mapped_column(String(8), default="STOPPED")
    goal_met: Mapped[bool] = mapped_column(default=True)
    generation: Mapped[int] = mapped_column(
        default=0
    )  # counts what instances must be made anew for
    errors: Mapped[list[dict[str, str]]] = mapped_column(Documents, default=list)


class StackRow(Named, Base):
    """A stack."""

    __tablename__ = "stacks"


class DirectoryConfigRow(Named, Base):
    """A directory configuration; its document has no credentials, they are sealed."""

    __tablename__ = "directory_configs"
    sealed_credentials: Mapped[bytes | None] = mapped_column(LargeBinary)


class ImageRow(Named, Base):
    """An image; public ones have neither account nor region."""

    __tablename__ = "images"
    icons: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)  # application to file
    layers: Mapped[list[str]] = mapped_column(JSON, default=list)  # the lowest first
    task: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # what control has to do to it


class IconRow(Base):
    """An icon of an application of images that were made here, by the digest of what it is."""

    __tablename__ = "icons"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary)


class ImageBuilderRow(Named, Base):
    """An image builder: what is wanted of it, what it is made of and what it makes."""

    __tablename__ = "image_builders"
    goal: Mapped[str] = mapped_column(String(8), default="RUNNING")  # STOPPED, SNAPSHOT, DELETED
    goal_met: Mapped[bool] = mapped_column(default=False)
    failed: Mapped[str] = mapped_column(String(1024), default="")  # why it cannot go on, or empty
    errors: Mapped[list[dict[str, str]]] = mapped_column(Documents, default=list)
    image: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # what it was made of
    layers: Mapped[list[str]] = mapped_column(JSON, default=list)  # below its volume
    volume: Mapped[str] = mapped_column(String(64))
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # the image that it makes now


class ImagePermissionRow(Scoped, Base):
    """What another account may do with an image; the row's account and region are the owner's."""

    __tablename__ = "image_permissions"
    image: Mapped[str] = mapped_column(String(256), primary_key=True)
    shared_account: Mapped[str] = mapped_column(String(12), primary_key=True, index=True)
    allow_fleet: Mapped[bool]
    allow_image_builder: Mapped[bool]


class AppBlockRow(Named, Base):
    """An app block: where its object and its script are, and whether they are said to be there."""

    __tablename__ = "app_blocks"


class AppBlockBuilderRow(Named, Base):
    """An app block builder: what is wanted of it, and which app block it builds or tests."""

    __tablename__ = "app_block_builders"
    goal: Mapped[str] = mapped_column(String(8), default="STOPPED")
    goal_met: Mapped[bool] = mapped_column(default=True)
    errors: Mapped[list[dict[str, str]]] = mapped_column(Documents, default=list)
    app_block: Mapped[str] = mapped_column(String(256), default="")  # its name; empty for none


class AssociationRow(Scoped, Base):
    """A fleet that a stack offers."""

    __tablename__ = "associations"
    fleet: Mapped[str] = mapped_column(String(256), primary_key=True)
    stack: Mapped[str] = mapped_column(String(256), primary_key=True)


class StorageTroubleRow(Scoped, Base):
    """What was in the way of a stack's storage when a session last needed it."""

    __tablename__ = "storage_troubles"
    stack: Mapped[str] = mapped_column(String(256), primary_key=True)
    why: Mapped[str] = mapped_column(String(1000))
    since: Mapped[datetime]


class TagRow(Base):
    """One tag of one resource."""

    __tablename__ = "tags"
    arn: Mapped[str] = mapped_column(String(1600), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    value: Mapped[str] = mapped_column(String(256))


class ThemeRow(Named, Base):
    """A stack's theme; its name is the stack's."""

    __tablename__ = "themes"


class ThemePictureRow(Scoped, Base):
    """A copy of a theme's picture, as it was when the theme was given it."""

    __tablename__ = "theme_pictures"
    stack: Mapped[str] = mapped_column(String(256), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)  # logo or favicon
    digest: Mapped[str] = mapped_column(String(64), index=True)  # of the content; its address
    media_type: Mapped[str] = mapped_column(String(32))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class InstanceRow(Base):
    """A streaming instance, or one seat of it: what is wanted of it and how it was last seen."""

    __tablename__ = "instances"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account: Mapped[str] = mapped_column(String(12))
    region: Mapped[str] = mapped_column(String(32))
    fleet: Mapped[str] = mapped_column(String(256))
    generation: Mapped[int]
    goal: Mapped[str] = mapped_column(String(8), default="run")  # run, save, retire
    seen: Mapped[str] = mapped_column(String(8), default="new")  # new, or drivers.base.Seen
    endpoint: Mapped[str] = mapped_column(String(1024), default="")
    reason: Mapped[str] = mapped_column(String(1024), default="")
    handle: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    spec: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    session_id: Mapped[str | None] = mapped_column(String(36))
    part_of: Mapped[str] = mapped_column(String(40), default="")  # what it is a seat of, or empty
    drain: Mapped[str] = mapped_column(String(9), default="")  # why it takes no more sessions
    created_at: Mapped[datetime]

    __table_args__ = (Index("instances_by_fleet", "account", "region", "fleet"),)

    @property
    def view(self) -> InstanceView:
        """What planning reads of it."""
        return InstanceView(
            self.id,
            self.generation,
            self.goal,
            self.seen,
            self.session_id,
            part_of=self.part_of or "",
            drain=self.drain or "",
        )

    @property
    def instance(self) -> str:
        """The instance that the API names."""
        return self.part_of or self.id

    @property
    def scope(self) -> Scope:
        return Scope(self.account, self.region)


class SessionRow(Base):
    """A user's streaming session."""

    __tablename__ = "sessions"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    account: Mapped[str] = mapped_column(String(12))
    region: Mapped[str] = mapped_column(String(32))
    stack: Mapped[str] = mapped_column(String(256))
    fleet: Mapped[str] = mapped_column(String(256))
    user_id: Mapped[str] = mapped_column(String(128))
    authentication_type: Mapped[str] = mapped_column(String(8), default="API")
    state: Mapped[str] = mapped_column(String(8), default="PENDING")
    connected: Mapped[bool] = mapped_column(default=False)
    connection: Mapped[str] = mapped_column(String(32), default="")  # the relay that holds it
    instance_id: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]  # by MaxUserDurationInSeconds
    disconnected_at: Mapped[datetime | None]  # None while connected
    last_input_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(String(40), default="")
    end_text: Mapped[str] = mapped_column(String(600), default="")  # for its user, if not the usual
    # Empty: it has none; wanted: the stream waits for it; open: the stream does not.
    home_folder: Mapped[str] = mapped_column(String(8), default="")
    # Empty: it needs no app blocks; wanted: the stream waits for them; ready: they are there;
    # armed: and scripts are to run when the session is over.
    setup: Mapped[str] = mapped_column(String(8), default="")
    wish: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # application, context, ...
    usage: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # facts, addresses, ...

    __table_args__ = (
        Index("sessions_by_fleet", "account", "region", "fleet", "stack"),
        Index("sessions_by_state", "state"),
    )

    @property
    def times(self) -> Times:
        """What has happened in a session that has started."""
        started = self.started_at or self.created_at
        return Times(
            started_at=started,
            expires_at=self.expires_at or started,
            disconnected_at=self.disconnected_at,
            last_input_at=self.last_input_at or started,
        )

    @property
    def identity(self) -> Identity:
        """Whose session it is, and how they came."""
        return Identity(self.user_id, self.authentication_type)

    @property
    def scope(self) -> Scope:
        return Scope(self.account, self.region)


class AdmissionRow(Base):
    """A browser that a streaming URL has let in: its cookie's digest and the URL's."""

    __tablename__ = "admissions"
    cookie_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    ticket_digest: Mapped[str] = mapped_column(String(64), unique=True)
    session_id: Mapped[str] = mapped_column(String(36), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]  # the URL's own end: after it the digest need not be kept


class CredentialRow(Base):
    """An access key; its secret is sealed."""

    __tablename__ = "credentials"
    access_key: Mapped[str] = mapped_column(String(128), primary_key=True)
    account: Mapped[str] = mapped_column(String(12))
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)


class NodeRow(Base):
    """A place where instances run, as the driver last reported it."""

    __tablename__ = "nodes"
    name: Mapped[str] = mapped_column(String(256), primary_key=True)
    cpus: Mapped[float]
    memory_bytes: Mapped[int] = mapped_column(BigInteger)
    gpus: Mapped[int] = mapped_column(default=0)

    @property
    def view(self) -> NodeView:
        """What is given out of it."""
        return NodeView(self.cpus, self.memory_bytes, self.gpus)
