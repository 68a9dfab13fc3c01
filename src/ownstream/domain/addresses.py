"""Addresses that pages lead users to."""

from urllib.parse import urlsplit


def is_web_url(text: str) -> bool:
    """Whether a page may have this as a link: it leads to a host of the web and runs nothing."""
    if any(letter.isspace() or not letter.isprintable() for letter in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
