"""The service's own secret, and what is derived from it: one file, 0600, made when missing."""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SECRET_BYTES = 32
NONCE_BYTES = 12


class KeyringError(Exception):
    """The secret's file cannot be trusted; the text says what to do."""


@dataclass(frozen=True)
class Keyring:
    """Keys derived from one secret, each for one purpose."""

    secret: bytes = field(repr=False)

    def key(self, purpose: str) -> bytes:
        """The key for this purpose: 32 bytes, the same for the same secret."""
        derivation = HKDF(SHA256(), SECRET_BYTES, salt=None, info=purpose.encode())
        return derivation.derive(self.secret)

    def seal(self, plain: bytes) -> bytes:
        """The text encrypted and authenticated, fit for the store."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher().encrypt(nonce, plain, None)

    def unseal(self, sealed: bytes) -> bytes:
        """The text that `seal` was given; cryptography's InvalidTag if it was changed."""
        nonce, text = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        return self._cipher().decrypt(nonce, text, None)

    def _cipher(self) -> "AESGCM":
        # Imported where it is used: an embedded client rarely has anything to seal.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(self.key("seal"))


def open_keyring(path: Path) -> Keyring:
    """The keyring of this file, which is made when it is missing."""
    if not path.exists():
        write_private(path, secrets.token_bytes(SECRET_BYTES))
    if path.stat().st_mode & 0o077:
        raise KeyringError(f"{path} can be read by others; run: chmod 600 {path}")
    secret = path.read_bytes()
    if len(secret) != SECRET_BYTES:
        raise KeyringError(f"{path} is damaged; restore it from a backup of the data folder")
    return Keyring(secret)


def write_private(path: Path, content: bytes) -> None:
    """The file has this content and nobody else may read it; it is never seen half written."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
