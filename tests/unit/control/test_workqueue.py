"""The queue: keys merge, one key has one worker, delays belong to the key."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from datetime import timedelta
from typing import Any

from ownstream.control.workqueue import LONGEST_DELAY_S, WorkQueue, backoff_s
from tests.support.clock import TurnedClock, settle


def run(
    scenario: Callable[[WorkQueue, TurnedClock, list[Hashable]], Coroutine[Any, Any, None]],
    work: Callable[[Hashable], Coroutine[Any, Any, float | None]] | None = None,
) -> list[Hashable]:
    """The keys that were worked on, in order."""
    done: list[Hashable] = []

    async def noted(key: Hashable) -> float | None:
        done.append(key)
        return await work(key) if work else None

    async def main() -> None:
        clock = TurnedClock()
        queue = WorkQueue(clock)
        task = asyncio.create_task(queue.run(noted, workers=2))
        await scenario(queue, clock, done)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())
    return done


def test_duplicates_merge() -> None:
    async def scenario(queue: WorkQueue, _c: TurnedClock, _d: list[Hashable]) -> None:
        for key in ("a", "b", "a"):
            queue.add(key)
        await settle()

    assert run(scenario) == ["a", "b"]


def test_a_key_touched_while_worked_on_is_worked_on_once_more_afterwards() -> None:
    at_work = 0

    async def work(_: Hashable) -> None:
        nonlocal at_work
        at_work += 1
        assert at_work == 1
        await settle()
        at_work -= 1

    async def scenario(queue: WorkQueue, _c: TurnedClock, _d: list[Hashable]) -> None:
        queue.add("a")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        queue.add("a")
        queue.add("a")
        for _ in range(4):
            await settle()

    assert run(scenario, work) == ["a", "a"]


def test_a_key_comes_back_after_the_delay_that_its_work_asks_for() -> None:
    async def work(_: Hashable) -> float:
        return 10

    async def scenario(queue: WorkQueue, clock: TurnedClock, done: list[Hashable]) -> None:
        queue.add("a")
        await clock.advance(timedelta(seconds=9))
        assert done == ["a"]
        await clock.advance(timedelta(seconds=1))

    assert run(scenario, work) == ["a", "a"]


def test_a_failing_key_backs_off_and_stops_nobody_else() -> None:
    async def work(key: Hashable) -> None:
        if key == "bad":
            raise ValueError("made to fail")

    async def scenario(queue: WorkQueue, clock: TurnedClock, done: list[Hashable]) -> None:
        queue.add("bad")
        queue.add("good")
        await settle()
        assert done == ["bad", "good"]
        await clock.advance(timedelta(seconds=backoff_s(1)))
        await clock.advance(timedelta(seconds=backoff_s(2)))

    assert run(scenario, work) == ["bad", "good", "bad", "bad"]


def test_back_off_doubles_up_to_a_limit() -> None:
    assert [backoff_s(n) for n in (1, 2, 3)] == [0.5, 1.0, 2.0]
    assert backoff_s(1000) == LONGEST_DELAY_S
