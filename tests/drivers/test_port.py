"""What every driver promises, tried on each."""

import json
from collections.abc import Iterator

import pytest

from ownstream.drivers.base import Seen
from tests.drivers.subjects import Subject, subjects
from tests.support.instances import launch, launch_ready, look, run, spec, until


@pytest.fixture(params=list(subjects()))
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    with subjects()[request.param]() as made:
        yield made


def test_an_instance_becomes_ready_and_says_where_its_agent_listens(subject: Subject) -> None:
    async def main() -> None:
        handle = await launch(subject.driver, spec())
        ready = await until(subject.driver, "i-1", handle, Seen.READY)
        assert ready.endpoint.startswith("unix:/")

    run(main())


def test_a_handle_survives_being_stored_as_json(subject: Subject) -> None:
    async def main() -> None:
        handle = json.loads(json.dumps(await launch(subject.driver, spec())))
        await until(subject.driver, "i-1", handle, Seen.READY)
        await subject.driver.retire("i-1", handle)
        assert (await look(subject.driver, "i-1", handle)).seen is Seen.GONE

    run(main())


def test_launching_twice_is_one_launch(subject: Subject) -> None:
    async def main() -> None:
        first = await launch_ready(subject.driver, spec())
        second = await launch(subject.driver, spec())
        assert second == first
        assert await subject.driver.inventory() == ["i-1"]

    run(main())


def test_retiring_leaves_nothing_and_may_be_repeated(subject: Subject) -> None:
    async def main() -> None:
        handle = await launch_ready(subject.driver, spec())
        for _ in range(2):
            await subject.driver.retire("i-1", handle)
        assert (await look(subject.driver, "i-1", handle)).seen is Seen.GONE
        assert await subject.driver.inventory() == []

    run(main())


def test_what_was_never_launched_can_be_retired(subject: Subject) -> None:
    async def main() -> None:
        await subject.driver.retire("i-9", None)
        assert await subject.driver.inventory() == []

    run(main())


def test_a_launch_cut_short_is_in_the_inventory_and_is_retired_without_its_handle(
    subject: Subject,
) -> None:
    async def main() -> None:
        handles = subject.driver.launch(spec())
        await anext(aiter(handles))
        next_start = subject.again()
        assert await next_start.inventory() == ["i-1"]
        await next_start.retire("i-1", None)
        assert await next_start.inventory() == []
        await handles.aclose()

    run(main())


def test_a_launch_cut_short_is_lost_until_it_is_repeated(subject: Subject) -> None:
    async def main() -> None:
        handles = subject.driver.launch(spec())
        handle = await anext(aiter(handles))
        await handles.aclose()
        next_start = subject.again()
        cut = await look(next_start, "i-1", handle)
        assert (cut.seen, cut.reason) == (Seen.LOST, "its launch was interrupted")
        await launch_ready(next_start, spec())

    run(main())


def test_an_instance_that_dies_is_lost_with_a_reason_and_can_be_retired(subject: Subject) -> None:
    async def main() -> None:
        handle = await launch_ready(subject.driver, spec())
        subject.kill("i-1", handle)
        lost = await until(subject.driver, "i-1", handle, Seen.LOST)
        assert "has ended" in lost.reason
        await subject.driver.retire("i-1", handle)
        assert await subject.driver.inventory() == []

    run(main())


def test_the_next_start_of_the_service_adopts_what_runs(subject: Subject) -> None:
    async def main() -> None:
        handle = await launch_ready(subject.driver, spec())
        await subject.driver.close()
        next_start = subject.again()
        assert await next_start.inventory() == ["i-1"]
        assert (await look(next_start, "i-1", handle)).seen is Seen.READY
        await next_start.retire("i-1", handle)
        assert (await look(next_start, "i-1", handle)).seen is Seen.GONE

    run(main())


def test_instances_live_and_end_apart(subject: Subject) -> None:
    async def main() -> None:
        handles = {id_: await launch_ready(subject.driver, spec(id_)) for id_ in ("i-1", "i-2")}
        await subject.driver.retire("i-1", handles["i-1"])
        seen = await subject.driver.observe({**handles, "i-3": {}})
        assert [seen[id_].seen for id_ in ("i-1", "i-2", "i-3")] == ["gone", "ready", "gone"]

    run(main())


def test_seats_of_an_instance_live_and_end_apart(subject: Subject) -> None:
    async def main() -> None:
        seats = [spec(id_, part_of="i-0") for id_ in ("i-1", "i-2")]
        handles = {seat.id: await launch_ready(subject.driver, seat) for seat in seats}
        assert await subject.driver.inventory() == ["i-1", "i-2"]
        subject.kill("i-1", handles["i-1"])
        await until(subject.driver, "i-1", handles["i-1"], Seen.LOST)
        assert (await look(subject.driver, "i-2", handles["i-2"])).seen is Seen.READY
        await subject.driver.retire("i-1", handles["i-1"])
        again = await launch_ready(subject.driver, spec("i-3", part_of="i-0"))
        seen = await subject.driver.observe({**handles, "i-3": again})
        assert [seen[id_].seen for id_ in ("i-1", "i-2", "i-3")] == ["gone", "ready", "ready"]

    run(main())


def test_there_is_a_place_with_room_and_an_image_to_launch(subject: Subject) -> None:
    nodes = run(subject.driver.nodes())
    assert all(node.cpus > 0 and node.memory_bytes > 0 for node in nodes)
    assert nodes
    assert [image.name for image in subject.driver.images() if image.platform]
