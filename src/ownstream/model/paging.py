"""Lists in pages: what an operation hands over, and the tokens that lead from page to page."""

import hashlib
import hmac
import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Key = str | int | tuple[str | int, ...]
K = TypeVar("K", bound=Key)

DEFAULT_ITEMS = 100
MOST_ITEMS = 1000
MAC_BYTES = 16


@dataclass(frozen=True)
class Page(Generic[K]):
    """A list that the framework gives out in pages.

    `fetch(after, limit)` returns the next `limit` pairs of (key, item) in the order of their keys,
    beginning behind the key `after` (None: at the start), and fewer only at the end of the list.
    Since a page begins behind a key and not at a count, no item that stays is left out or given
    twice while others come and go. Keys must be unique within the list.
    """

    fetch: Callable[[K | None, int], Sequence[tuple[K, Any]]]
    default_items: int = field(default=DEFAULT_ITEMS, kw_only=True)
    most_items: int = field(default=MOST_ITEMS, kw_only=True)
    also: Mapping[str, Any] = field(default_factory=dict[str, Any], kw_only=True)

    def turn(self, after: K | None, asked: int) -> "Turned":
        """The items behind the key, as many as asked for (0: the default; never above the most)."""
        size = min(asked or self.default_items, self.most_items)
        found = self.fetch(after, size + 1)
        items = [item for _, item in found[:size]]
        return Turned(items, found[size - 1][0] if len(found) > size else None)


@dataclass(frozen=True)
class Turned:
    """One page: its items, and the key behind which the next begins; None if this is the last."""

    items: Sequence[Any]
    last_key: Key | None


class BadTokenError(Exception):
    """The token was not issued here for this list."""


def list_binding(
    operation: str, account: str, region: str, members: Mapping[str, Any], paging: Collection[str]
) -> str:
    """What the tokens of this list fit: all that it is of, but for the members that page it.

    The size of the pages may change on the way; whose list it is and what it holds may not.
    """
    filters = {name: value for name, value in members.items() if name not in paging}
    return json.dumps([operation, account, region, filters], sort_keys=True, default=str)


class PageTokens:
    """Issues and reads the tokens; a token fits one binding (operation, account, filters) alone."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def issue(self, binding: str, last_key: Key) -> str:
        """The token of the page behind this key."""
        content = json.dumps(last_key).encode()
        return urlsafe_b64encode(self._mac(binding, content) + content).decode()

    def read(self, binding: str, token: str) -> Key:
        """The key that the token was issued for; BadTokenError if it was not, or for another."""
        try:
            raw = b64decode(token.encode(), altchars=b"-_", validate=True)
        except ValueError as error:
            raise BadTokenError from error
        mac, content = raw[:MAC_BYTES], raw[MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(binding, content)):
            raise BadTokenError
        key = json.loads(content)
        return tuple(key) if isinstance(key, list) else key

    def _mac(self, binding: str, content: bytes) -> bytes:
        message = binding.encode("utf-8", "backslashreplace") + b"\0" + content
        return hmac.digest(self._secret, message, hashlib.sha256)[:MAC_BYTES]
