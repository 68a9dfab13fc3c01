"""Themes of stacks: kept with copies of their pictures, and shown to pages while enabled."""

from hashlib import sha256

from sqlalchemy import select

from ownstream.domain.scope import Scope
from ownstream.domain.themes import FAVICON, LOGO, Theme, theme
from ownstream.store import resources
from ownstream.store.tables import ThemePictureRow, ThemeRow
from ownstream.store.transactions import Tx

PATH = "/themes"  # below the service's URL


def shown(tx: Tx, scope: Scope, stack: str) -> Theme | None:
    """The theme that this stack's pages have, or None."""
    row = resources.find(tx, ThemeRow, scope, stack)
    if row is None or row.document["State"] != "ENABLED":
        return None
    return theme(
        row.document,
        logo=picture_path(tx, scope, stack, LOGO),
        favicon=picture_path(tx, scope, stack, FAVICON),
    )


def picture_path(tx: Tx, scope: Scope, stack: str, kind: str) -> str:
    """Where browsers find this picture, below the service's URL; empty if there is none."""
    row = tx.get(ThemePictureRow, _key(scope, stack, kind))
    return f"{PATH}/{row.digest}" if row else ""


def picture(tx: Tx, digest: str) -> tuple[bytes, str] | None:
    """The picture of this digest and its media type, while some theme has it."""
    query = select(ThemePictureRow).where(ThemePictureRow.digest == digest).limit(1)
    row = tx.scalars(query).first()
    return (row.content, row.media_type) if row else None


def set_picture(
    tx: Tx, scope: Scope, stack: str, *, kind: str, content: bytes, media_type: str
) -> None:
    """The theme has this picture in place of another."""
    digest = sha256(content).hexdigest()
    made = ThemePictureRow(
        **_key(scope, stack, kind), digest=digest, media_type=media_type, content=content
    )
    tx.merge(made)


def forget(tx: Tx, scope: Scope, stack: str) -> None:
    """The stack has no theme."""
    row = resources.find(tx, ThemeRow, scope, stack)
    if row is None:
        return
    tx.delete(row)
    for kind in (LOGO, FAVICON):
        picture = tx.get(ThemePictureRow, _key(scope, stack, kind))
        if picture is not None:
            tx.delete(picture)


def _key(scope: Scope, stack: str, kind: str) -> dict[str, str]:
    return {"account": scope.account, "region": scope.region, "stack": stack, "kind": kind}
