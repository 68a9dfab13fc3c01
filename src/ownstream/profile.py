"""The AWS profile by which clients on this machine find and may use the service."""

import configparser
import io
from dataclasses import dataclass, field
from pathlib import Path

from ownstream.keyring import write_private

NAME = "ownstream"


@dataclass(frozen=True)
class KeyPair:
    """An access key and its secret."""

    access_key: str
    secret_key: str = field(repr=False)


def key_pair(folder: Path) -> KeyPair | None:
    """The profile's key pair, or None while there is none."""
    parser = configparser.RawConfigParser()
    parser.read(folder / "credentials")
    if not parser.has_section(NAME):
        return None
    section = parser[NAME]
    return KeyPair(section["aws_access_key_id"], section["aws_secret_access_key"])


def write(
    folder: Path, pair: KeyPair, *, region: str, endpoint_url: str, ca_bundle: Path | None
) -> None:
    """The profile's two files say this; nobody else may read them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    config = {"region": region, "endpoint_url": endpoint_url}
    if ca_bundle is not None:
        config["ca_bundle"] = str(ca_bundle)
    keys = {"aws_access_key_id": pair.access_key, "aws_secret_access_key": pair.secret_key}
    _write_section(folder / "config", f"profile {NAME}", config)
    _write_section(folder / "credentials", NAME, keys)


def environment(folder: Path) -> dict[str, str]:
    """What an AWS client's environment needs to use the profile."""
    return {
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
        "AWS_PROFILE": NAME,
    }


def _write_section(path: Path, section: str, values: dict[str, str]) -> None:
    parser = configparser.RawConfigParser()
    parser[section] = values
    text = io.StringIO()
    parser.write(text)
    write_private(path, text.getvalue().encode())
