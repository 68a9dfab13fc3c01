"""The page as one stack's users get it: its theme, and who may show it in a frame."""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass

from ownstream.domain.scope import Scope
from ownstream.domain.themes import Theme
from ownstream.store import StackRow, Tx, resources, themes

META = "ownstream-theme"  # what the page's script looks for
END = "</head>"


@dataclass(frozen=True)
class Look:
    """How the page looks; without a stack it has no theme, and nobody else may frame it."""

    theme: Theme | None = None
    framers: Sequence[str] = ()  # hosts

    @property
    def policy(self) -> str:
        """The page's content security policy."""
        hosts = " ".join(f"https://{host}" for host in self.framers)
        return "; ".join(
            (
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "img-src 'self' blob: data:",
                "connect-src 'self'",
                "worker-src 'self' blob:",
                "base-uri 'none'",
                "form-action 'self'",
                f"frame-ancestors 'self' {hosts}".rstrip(),
            )
        )

    def dressed(self, page: str) -> str:
        """The page's text, with the theme in it as data that its script puts on."""
        if self.theme is None:
            return page
        content = html.escape(json.dumps(self.theme.public()))
        return page.replace(END, f'<meta name="{META}" content="{content}" />{END}', 1)


def look(tx: Tx, scope: Scope, stack: str) -> Look:
    """How the pages of this stack's sessions look."""
    row = resources.find(tx, StackRow, scope, stack)
    if row is None:
        return Look()
    return Look(themes.shown(tx, scope, stack), row.document.get("EmbedHostDomains") or ())
