"""The file of users' attributes: read anew when it changes, and nobody's while it is bad."""

import json
import logging
import os
from pathlib import Path

import pytest

from ownstream.attribute_file import BadAttributes, attributes_of

SALES = {"department": frozenset({"Sales"})}


def stated(path: Path, **users: object) -> Path:
    path.write_text(json.dumps(users))
    return path


def test_without_a_file_entitlements_apply_to_nobody() -> None:
    assert attributes_of(None).of("ann") is None


def test_a_change_counts_from_then_on(tmp_path: Path) -> None:
    path = stated(tmp_path / "users.json", ann={"department": "Sales"})
    attributes = attributes_of(path)
    assert attributes.of("ann") == SALES
    assert attributes.of("bob") == {}
    stated(path, bob={"department": "Sales"})
    assert (attributes.of("ann"), attributes.of("bob")) == ({}, SALES)


def test_a_file_that_replaces_it_counts_too(tmp_path: Path) -> None:
    path = stated(tmp_path / "users.json", ann={"department": "Sales"})
    attributes = attributes_of(path)
    attributes.of("ann")
    new = stated(tmp_path / "new.json", bob={"department": "Sales"})
    os.utime(new, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    new.replace(path)
    assert attributes.of("bob") == SALES


@pytest.mark.parametrize("content", ["{", '{"ann": 5}', "[" * 100_000, None])
def test_while_it_is_bad_nobody_has_any(
    tmp_path: Path, content: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = stated(tmp_path / "users.json", ann={"department": "Sales"})
    attributes = attributes_of(path)
    assert attributes.of("ann") == SALES
    if content is None:
        path.unlink()
    else:
        path.write_text(content)
    assert attributes.of("ann") == {}
    assert any(record.levelno == logging.ERROR for record in caplog.records)
    stated(path, ann={"department": "Sales"})
    assert attributes.of("ann") == SALES


@pytest.mark.parametrize("content", ["{", "[]", None])
def test_a_bad_file_is_refused_at_the_start(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "users.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadAttributes, match=str(path)):
        attributes_of(path)
