"""Passwords and codes: made at random, kept by Argon2id, compared in the time that this takes."""

import hashlib
import hmac
import secrets
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# What OWASP wants at least: 19 MiB and two passes, about 20 ms. More memory would let strangers
# have more of it, since whoever comes to the sign-in page makes us do this.
MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
# Without those that are read as others.
LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def temporary_password() -> str:
    """A password that nobody guesses: 93 bits, of every kind that the policy wants."""
    while True:
        made = _grouped(LETTERS)
        if made.lower() != made != made.upper() and any(letter.isdigit() for letter in made):
            return made


def reset_code() -> str:
    """A code of 80 bits, easy to copy."""
    return _grouped(CAPITALS)


def code_digest(code: str) -> str:
    """What is kept of a code: nobody guesses what is hashed, so a plain hash will do."""
    kept = "".join(code.split()).replace("-", "").upper()
    return hashlib.sha256(kept.encode(errors="replace")).hexdigest()


def is_code(code: str, digest: str) -> bool:
    """Whether the code is the one of this digest; an empty digest is no code's."""
    return bool(digest) and hmac.compare_digest(code_digest(code), digest)


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _hasher().hash(_same(password))


def fits(password: str, kept: str) -> bool:
    """Whether the password is the one that was kept; it takes as long where nothing was."""
    from argon2.exceptions import VerificationError

    try:
        _hasher().verify(kept or _nobodys(), _same(password))
    except VerificationError:
        return False
    return bool(kept)


@cache
def _hasher() -> "PasswordHasher":
    # Imported where it is used: an embedded client rarely has a password.
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)


@cache
def _nobodys() -> str:
    return hashed(secrets.token_urlsafe())


def _same(password: str) -> bytes:
    """The same bytes for what looks the same, whichever keyboard it was typed on."""
    return unicodedata.normalize("NFC", password).encode(errors="replace")


def _grouped(letters: str) -> str:
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))
