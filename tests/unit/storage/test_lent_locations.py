"""Objects that are lent to accounts: none of the service's own."""

import io
from collections.abc import Callable

import pytest

from ownstream.storage.lent_locations import LentLocations
from ownstream.storage.locations import Location, Locations, NoSuchName, NotThere, read
from ownstream.storage.memory_locations import MemoryLocations

OWN = Location("ownstream-images", "111122223333/ami-1.tar")
THEIRS = Location("bucket", "icon.png")
USES: dict[str, Callable[[Locations], object]] = {
    "look": lambda lent: lent.look(OWN),
    "fetch": lambda lent: lent.fetch(OWN, io.BytesIO(), most_bytes=100),
    "write": lambda lent: lent.write(OWN, io.BytesIO(b"other")),
    "list": lambda lent: [*lent.list(OWN.bucket)],
    "remove": lambda lent: lent.remove(OWN),
}


@pytest.fixture
def everything() -> MemoryLocations:
    everything = MemoryLocations()
    everything.write(OWN, io.BytesIO(b"an image"))
    return everything


@pytest.fixture
def lent(everything: MemoryLocations) -> LentLocations:
    return LentLocations(everything, frozenset({OWN.bucket}))


@pytest.mark.parametrize("use", USES)
def test_no_use_is_made_of_the_services_own(
    everything: MemoryLocations, lent: LentLocations, use: str
) -> None:
    with pytest.raises(NoSuchName, match="ownstream-images is the service's own"):
        USES[use](lent)
    assert read(everything, OWN, most_bytes=100) == b"an image"


def test_every_use_is_made_of_others(lent: LentLocations) -> None:
    lent.write(THEIRS, io.BytesIO(b"icon"))
    assert read(lent, THEIRS, most_bytes=4) == b"icon"
    assert lent.look(THEIRS).size == 4
    assert [*lent.list("bucket", "ic")] == ["icon.png"]
    lent.remove(THEIRS)
    with pytest.raises(NotThere):
        lent.look(THEIRS)
