"""The mail that waits: tried again and again, true when it is sent, never lost, never a secret."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from ownstream.control.mails import Mailer
from ownstream.control.pace import at_once
from ownstream.domain import mails
from ownstream.passwords import fits
from ownstream.post.base import Mail, NotDelivered, Undeliverable
from ownstream.post.memory import RememberedPost
from ownstream.store import (
    StackRow,
    Store,
    UserRow,
    UserStackRow,
    open_store,
    pool,
    resources,
    sqlite_url,
)
from tests.support.clock import START, TurnedClock
from tests.support.world import SCOPE

KEY = {"account": SCOPE.account, "region": SCOPE.region}
ADDRESS = "ann@example.com"


@dataclass
class AwayAtFirst:
    """A post that takes nothing the first times, as a mail server that is being restarted."""

    times: int
    error: type[Exception] = NotDelivered
    taken: list[Mail] = field(default_factory=list[Mail])
    seen: list[Mail] = field(default_factory=list[Mail])

    def deliver(self, mail: Mail) -> None:
        self.seen.append(mail)
        if len(self.seen) <= self.times:
            raise self.error("away")
        self.taken.append(mail)


class Desk:
    """A store on disk with user `ann`, a clock, and the mailer."""

    def __init__(self, folder: Path) -> None:
        self.url = sqlite_url(folder / "store.db")
        self.store: Store = open_store(self.url)
        self.clock = TurnedClock()
        with self.store.transaction() as tx:
            tx.add(UserRow(**KEY, name=ADDRESS, id="1", document={}, created_at=START))

    def queue(self, kind: str = mails.WELCOME, **details: list[str]) -> str:
        with self.store.transaction() as tx:
            pool.queue_mail(tx, self.user(tx), kind, self.clock.now(), **details)
        return self.queued()[-1]

    def queued(self) -> list[str]:
        with self.store.snapshot() as tx:
            return [row.id for row in pool.queued_mails(tx)]

    def user(self, tx: pool.Tx) -> UserRow:
        row = resources.find(tx, UserRow, SCOPE, ADDRESS)
        assert row is not None
        return row

    def seen_user(self) -> UserRow:
        with self.store.snapshot() as tx:
            return self.user(tx)

    def work(self, mail: str, post: AwayAtFirst | RememberedPost) -> float | None:
        mailer = Mailer(self.store, self.clock, post, "https://apps.example.com/", offload=at_once)
        return asyncio.run(mailer.reconcile(mail))

    def pass_time(self, delay_s: float) -> None:
        self.clock.wake_next(self.clock.now() + timedelta(seconds=delay_s))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.store.close()


def password_in(mail: Mail) -> str:
    return mail.text.partition("Temporary password:")[2].split()[0]


def test_a_mail_that_is_taken_waits_no_more(desk: Desk) -> None:
    post = AwayAtFirst(0)
    assert desk.work(desk.queue(), post) is None
    assert desk.queued() == []
    assert f"https://apps.example.com/portal/{SCOPE.account}/{SCOPE.region}" in post.taken[0].text


def test_a_mail_is_tried_again_after_longer_and_longer(desk: Desk) -> None:
    post, mail, waits = AwayAtFirst(12), desk.queue(), []
    while (wait := desk.work(mail, post)) is not None:
        waits.append(wait)
        desk.pass_time(wait)
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]
    assert len(post.taken) == 1


def test_a_mail_that_is_asked_for_early_waits_for_its_time(desk: Desk) -> None:
    post, mail = AwayAtFirst(5), desk.queue()
    desk.work(mail, post)
    desk.pass_time(2)
    assert (desk.work(mail, post), len(post.seen)) == (3, 1)


def test_a_mail_is_given_up_after_four_days(desk: Desk) -> None:
    post, mail = AwayAtFirst(10_000), desk.queue()
    while (wait := desk.work(mail, post)) is not None:
        desk.pass_time(wait)
    passed = desk.clock.now() - START
    assert timedelta(days=4) <= passed < timedelta(days=4, hours=1)
    assert desk.queued() == []


def test_a_mail_that_nobody_will_ever_take_is_not_tried_again(desk: Desk) -> None:
    post = AwayAtFirst(1, Undeliverable)
    assert desk.work(desk.queue(), post) is None
    assert (desk.queued(), post.taken) == ([], [])


def test_the_password_that_was_mailed_last_is_the_one_that_fits(desk: Desk) -> None:
    post, mail = AwayAtFirst(1), desk.queue()
    wait = desk.work(mail, post)
    assert wait is not None
    desk.pass_time(wait)
    desk.work(mail, post)
    first, last = map(password_in, post.seen)
    kept = desk.seen_user().password_hash
    assert (fits(first, kept), fits(last, kept)) == (False, True)


def test_no_password_lies_in_the_store(desk: Desk, tmp_path: Path) -> None:
    post = AwayAtFirst(1)
    desk.work(desk.queue(), post)
    files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert ADDRESS.encode() in files
    assert password_in(post.seen[0]).encode() not in files


def test_a_temporary_password_is_good_for_seven_days_from_its_mail(desk: Desk) -> None:
    mail = desk.queue()
    desk.pass_time(3600)
    desk.work(mail, AwayAtFirst(0))
    assert desk.seen_user().password_expires_at == desk.clock.now() + timedelta(days=7)


def test_a_user_who_has_gone_gets_no_mail(desk: Desk) -> None:
    mail = desk.queue()
    with desk.store.transaction() as tx:
        tx.delete(desk.user(tx))
    post = AwayAtFirst(0)
    assert (desk.work(mail, post), post.seen, desk.queued()) == (None, [], [])


def test_a_user_who_is_disabled_at_once_is_welcomed_for_when_they_are_not(desk: Desk) -> None:
    """Source: Terraform makes a disabled user by CreateUser and then DisableUser."""
    mail = desk.queue()
    with desk.store.transaction() as tx:
        desk.user(tx).enabled = False
    post = AwayAtFirst(0)
    desk.work(mail, post)
    assert fits(password_in(post.taken[0]), desk.seen_user().password_hash)


def test_a_user_who_is_disabled_gets_no_code(desk: Desk) -> None:
    mail = desk.queue(mails.RESET)
    with desk.store.transaction() as tx:
        user = desk.user(tx)
        user.confirmed, user.enabled = True, False
    post = AwayAtFirst(0)
    assert (desk.work(mail, post), post.seen, desk.queued()) == (None, [], [])


def test_a_user_who_has_a_password_keeps_it(desk: Desk) -> None:
    mail = desk.queue()
    with desk.store.transaction() as tx:
        desk.user(tx).confirmed = True
    post = AwayAtFirst(0)
    desk.work(mail, post)
    assert (post.seen, desk.seen_user().password_hash) == ([], "")


def test_only_stacks_that_the_user_has_are_told_of(desk: Desk) -> None:
    with desk.store.transaction() as tx:
        for name in ("kept", "lost"):
            tx.add(StackRow(**KEY, name=name, document={}, created_at=START))
        tx.add(UserStackRow(**KEY, user=ADDRESS, stack="kept"))
    post = AwayAtFirst(0)
    desk.work(desk.queue(mails.STACKS, stacks=["kept", "lost", "gone"]), post)
    assert ("kept" in post.taken[0].text, "lost" in post.taken[0].text) == (True, False)


def test_mail_that_waits_outlives_the_service(desk: Desk) -> None:
    mail = desk.queue()
    desk.store.close()
    desk.store = open_store(desk.url)
    post = AwayAtFirst(0)
    desk.work(mail, post)
    assert len(post.taken) == 1


def test_a_post_that_takes_its_time_holds_up_nobody_else(desk: Desk) -> None:
    async def one_while_another_is_sent() -> float | None:
        mailer = Mailer(desk.store, desk.clock, AwayAtFirst(0), "")
        async with mailer._turn:  # pyright: ignore[reportPrivateUsage]
            return await mailer.reconcile(desk.queue())

    assert asyncio.run(one_while_another_is_sent()) == 1


def test_what_was_mailed_is_remembered_by_those_who_test() -> None:
    inner = AwayAtFirst(1)
    post = RememberedPost(inner)
    mail = Mail("a@example.com", "s", "t", START)
    with pytest.raises(NotDelivered):
        post.deliver(mail)
    post.deliver(mail)
    assert (list(post.mails), inner.taken) == ([mail], [mail])
