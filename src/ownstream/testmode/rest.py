"""When a service has come to rest: nothing of it goes on that does not wait for time to pass.

What a service does it does on its loop or on the loop's threads. So it rests once no thread is at
work and the loop has gone round a good many times without giving one any.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

R = TypeVar("R")

# From one piece of work on a thread to the next the loop takes some ten rounds: a timer, a task's
# start, the steps of a connection within the process.
ROUNDS = 100
LOOK_AGAIN_S = 0.02
ANSWER_WITHIN_S = 5.0


class CountedThreads(ThreadPoolExecutor):
    """Threads for a loop's blocking work, which it can wait for the end of."""

    def __init__(self) -> None:
        super().__init__(thread_name_prefix="counted")
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def submit(self, fn: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        """To be called on the loop."""
        answer: Future[R] = Future()
        self._count += 1
        self._idle.clear()
        loop = asyncio.get_running_loop()
        super().submit(self._do, loop, answer, lambda: fn(*args, **kwargs))
        return answer

    @property
    def idle(self) -> bool:
        """Whether nothing is being done, and all that was done has been told to the loop."""
        return self._count == 0

    async def until_idle(self) -> None:
        """Nothing, once that is so."""
        await self._idle.wait()

    def _do(
        self, loop: asyncio.AbstractEventLoop, answer: Future[R], work: Callable[[], R]
    ) -> None:
        try:
            if answer.set_running_or_notify_cancel():
                answer.set_result(work())
        except BaseException as error:  # a future takes whatever its work ends in
            answer.set_exception(error)
        finally:
            # The loop has been told of the answer by now, so it hears of that before this.
            loop.call_soon_threadsafe(self._uncount)

    def _uncount(self) -> None:
        self._count -= 1
        if not self._count:
            self._idle.set()


async def rest(threads: CountedThreads, moving: Callable[[], bool] | None = None) -> None:
    """Nothing goes on any more but what waits for time to pass.

    `moving` tells of what goes on outside, in other processes, if anything may; it may block.
    """
    await _still(threads)
    while moving is not None and await asyncio.to_thread(moving):
        await asyncio.sleep(LOOK_AGAIN_S)
        await _still(threads)


async def _still(threads: CountedThreads) -> None:
    rounds = 0
    while rounds < ROUNDS:
        if threads.idle:
            await asyncio.sleep(0)
            rounds += 1
        else:
            await threads.until_idle()
            rounds = 0


@dataclass(frozen=True)
class AnswersAtRest:
    """An application whose answers come once all has been done that the request set off at once.

    So what a caller sees next does not depend on how quick the service is.
    """

    app: ASGIApp
    settled: Callable[[], Awaitable[None]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application's own answer, a little later."""

        async def send_at_rest(message: Message) -> None:
            if message["type"] == "http.response.start":
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(ANSWER_WITHIN_S):
                        await self.settled()
            await send(message)

        await self.app(scope, receive, send_at_rest if scope["type"] == "http" else send)
