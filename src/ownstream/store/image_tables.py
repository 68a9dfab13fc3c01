"""What is remembered of images besides them themselves: tasks that export them, their software."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ownstream.domain.scope import Scope
from ownstream.store.tables import Base, Document, Documents


class ImageExportRow(Base):
    """A task that exports an image; its document has the members that it was made with."""

    __tablename__ = "image_exports"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    account: Mapped[str] = mapped_column(String(12))
    region: Mapped[str] = mapped_column(String(32))
    image: Mapped[str] = mapped_column(String(256))
    document: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    state: Mapped[str] = mapped_column(String(16), default="EXPORTING")
    ami_id: Mapped[str] = mapped_column(String(32), default="")
    errors: Mapped[list[dict[str, str]]] = mapped_column(Documents, default=list)
    created_at: Mapped[datetime]

    __table_args__ = (Index("image_exports_by_account", "account", "region"),)

    @property
    def is_going_on(self) -> bool:
        """Whether its end has not come."""
        return self.state == "EXPORTING"

    @property
    def scope(self) -> Scope:
        return Scope(self.account, self.region)


class SoftwareRow(Base):
    """Software that an image builder or an image is associated with."""

    __tablename__ = "software"
    arn: Mapped[str] = mapped_column(String(1600), primary_key=True)
    name: Mapped[str] = mapped_column(String(256), primary_key=True)
    status: Mapped[str] = mapped_column(String(32))  # the model's SoftwareDeploymentStatus
    errors: Mapped[list[dict[str, str]]] = mapped_column(Documents, default=list)
