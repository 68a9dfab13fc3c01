"""What is remembered of an instance."""

import json
from pathlib import Path

import pytest

from ownstream.drivers.base import Terminal
from ownstream.drivers.process import record, slots
from ownstream.drivers.process.layout import ids, layout, scope
from ownstream.drivers.process.processes import Process
from ownstream.drivers.process.record import Record, boot_id


def one(**members: object) -> Record:
    return Record(**{"launch": "l", "boot": boot_id(), **members})  # type: ignore[arg-type]


def test_a_record_is_the_same_after_json() -> None:
    made = one(slot=3, groups=("/a", "/b"), shared=("/c",), complete=True).having(
        agent=Process(1, 2)
    )
    assert Record.from_handle(json.loads(json.dumps(made.as_handle()))) == made


def test_a_handle_from_before_there_were_seats_is_of_an_instance_of_its_own() -> None:
    handle = one(groups=("/a",), shared=("/b",)).as_handle()
    del handle["shared"]
    read = Record.from_handle(handle)
    assert (read.groups, read.shared) == (("/a",), ())


def test_a_record_is_the_same_after_the_disk(tmp_path: Path) -> None:
    made = one().having(agent=Process(1, 2))
    record.save(made, tmp_path / "record.json")
    assert record.load(tmp_path / "record.json") == made
    assert record.load(tmp_path / "none.json") is None


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", '{"launch": "l", "processes": {"a": 1}}'])
def test_a_record_that_the_disk_has_lost_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "record.json").write_text(text)
    assert record.load(tmp_path / "record.json") is None


def test_processes_of_an_earlier_boot_are_none() -> None:
    assert one(boot="earlier").having(agent=Process(1, 2)).all_processes() == {}


def test_slots_are_not_given_twice(tmp_path: Path) -> None:
    for name in ("i-1", "i-2", "i-3"):
        at = layout(tmp_path, name)
        at.top.mkdir()
        slots.claim(tmp_path, lambda number, at=at: record.save(one(slot=number), at.record))
    found = [record.load(layout(tmp_path, name).record) for name in ids(tmp_path)]
    numbers = [known.slot for known in found if known and known.slot is not None]
    assert len(set(numbers)) == 3
    uids = [uid for number in numbers for uid in slots.Slot(number).uids]
    assert len(set(uids)) == 6


def test_slots_of_two_folders_are_apart(tmp_path: Path) -> None:
    numbers: list[int] = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        slots.claim(tmp_path / name, numbers.append)
    assert not slots.Slot(numbers[0]).uids & slots.Slot(numbers[1]).uids
    assert all(0 < uid < 2**31 for number in numbers for uid in slots.Slot(number).uids)


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "a" * 41, "a\n"])
def test_what_is_no_id_has_no_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(Terminal, match="is no instance id"):
        layout(tmp_path, name)


def test_folders_of_instances_tell_their_instances_apart(tmp_path: Path) -> None:
    assert scope(tmp_path / "a") != scope(tmp_path / "b")
    assert layout(tmp_path, "i-1").mark != layout(tmp_path, "i-2").mark
