"""When the X server hears from the agent after much was sent."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ownstream.agent.reminders import AFTER_S, Reminders


@dataclass
class Timer:
    delay_s: float
    callback: Callable[[], None]
    timers: "list[Timer]"

    def cancel(self) -> None:
        self.timers.remove(self)


@dataclass
class Loop:
    """An event loop whose timers come when the test says so."""

    timers: list[Timer] = field(default_factory=list[Timer])

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Timer:
        self.timers.append(Timer(delay_s, callback, self.timers))
        return self.timers[-1]


def test_it_is_reminded_twice_with_more_than_five_seconds_before_each() -> None:
    loop, heard = Loop(), list[str]()
    Reminders(lambda: heard.append("heard"), loop.call_later).begin()
    assert [timer.delay_s for timer in loop.timers] == [*AFTER_S]
    assert all(later - earlier > 5 for earlier, later in zip((0, *AFTER_S), AFTER_S, strict=False))
    for timer in loop.timers:
        timer.callback()
    assert heard == ["heard"] * 2


def test_what_is_sent_meanwhile_puts_them_off() -> None:
    loop = Loop()
    reminders = Reminders(lambda: None, loop.call_later)
    reminders.begin()
    first = [*loop.timers]
    reminders.begin()
    assert len(loop.timers) == len(AFTER_S)
    assert not any(timer is old for timer in loop.timers for old in first)


def test_none_comes_once_they_are_stopped() -> None:
    loop = Loop()
    reminders = Reminders(lambda: None, loop.call_later)
    reminders.begin()
    reminders.stop()
    reminders.stop()
    assert loop.timers == []
