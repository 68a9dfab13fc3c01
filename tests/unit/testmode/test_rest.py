"""A clock that runs on and is turned, and how a service's rest is known."""

import asyncio
import threading
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest

from ownstream.clock import AdvancedClock
from ownstream.testmode.rest import AnswersAtRest, CountedThreads, rest

HOUR = timedelta(hours=1)


async def at_once() -> None:
    """A service that is at rest after a few rounds."""
    for _ in range(5):
        await asyncio.sleep(0)


def run(scenario: Coroutine[Any, Any, None]) -> None:
    async def main() -> None:
        async with asyncio.timeout(20):
            await scenario

    asyncio.run(main())


def test_sleepers_wake_in_order_each_at_its_own_instant() -> None:
    async def scenario() -> None:
        clock = AdvancedClock()
        start, woken = clock.now(), list[tuple[int, int]]()

        async def sleep(minutes: int) -> None:
            await clock.sleep(60 * minutes)
            woken.append((minutes, (clock.now() - start) // timedelta(minutes=1)))

        tasks = [asyncio.create_task(sleep(minutes)) for minutes in (50, 10, 70, 30)]
        await at_once()
        await clock.advance(HOUR, at_once)
        assert woken == [(10, 10), (30, 30), (50, 50)]
        tasks[2].cancel()

    run(scenario())


def test_who_sleeps_again_wakes_again_in_the_same_turn() -> None:
    async def scenario() -> None:
        clock, looks = AdvancedClock(), 0

        async def look() -> None:
            nonlocal looks
            while True:
                await clock.sleep(600)
                looks += 1

        task = asyncio.create_task(look())
        await at_once()
        await clock.advance(HOUR + timedelta(minutes=1), at_once)
        assert looks == 6
        task.cancel()

    run(scenario())


def test_time_also_passes_by_itself() -> None:
    async def scenario() -> None:
        clock = AdvancedClock()
        late = asyncio.create_task(clock.sleep(3600))
        await clock.sleep(0.01)
        assert not late.done()
        late.cancel()

    run(scenario())


def test_who_has_been_cancelled_is_not_waited_for() -> None:
    async def scenario() -> None:
        clock = AdvancedClock()
        gone = asyncio.create_task(clock.sleep(3600))
        await at_once()
        gone.cancel()
        await at_once()
        before = clock.now()
        await clock.advance(timedelta(0), at_once)
        assert clock.now() - before < HOUR

    run(scenario())


def test_it_rests_when_what_threads_have_set_off_has_been_done() -> None:
    async def scenario() -> None:
        threads, done = CountedThreads(), list[int]()
        asyncio.get_running_loop().set_default_executor(threads)

        async def chain() -> None:
            for link in range(20):
                await asyncio.to_thread(sum, range(10_000))
                done.append(link)

        task = asyncio.create_task(chain())
        await rest(threads)
        assert done == list(range(20))
        assert task.done()

    run(scenario())


def test_what_fails_on_a_thread_is_its_callers_and_counts_no_more() -> None:
    async def scenario() -> None:
        threads = CountedThreads()
        asyncio.get_running_loop().set_default_executor(threads)
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 / 0)
        await rest(threads)
        assert threads.idle

    run(scenario())


def test_work_that_nobody_waits_for_any_more_counts_until_it_ends() -> None:
    async def scenario() -> None:
        threads, ended = CountedThreads(), list[bool]()
        asyncio.get_running_loop().set_default_executor(threads)

        may_end = threading.Event()

        def work() -> None:
            ended.append(may_end.wait(20))

        task = asyncio.create_task(asyncio.to_thread(work))
        await at_once()
        task.cancel()
        resting = asyncio.create_task(rest(threads))
        await at_once()
        assert not resting.done()
        may_end.set()
        await resting
        assert ended == [True]

    run(scenario())


def test_an_answer_comes_after_what_its_request_set_off() -> None:
    async def scenario() -> None:
        events: list[str] = []

        async def app(_scope: Any, _receive: Any, send: Any) -> None:
            await send({"type": "http.response.start"})

        async def settled() -> None:
            events.append("settled")

        async def send(message: Any) -> None:
            events.append(message["type"])

        async def receive() -> Any:
            raise AssertionError("nothing is read")

        await AnswersAtRest(app, settled)({"type": "http"}, receive, send)
        assert events == ["settled", "http.response.start"]

    run(scenario())
