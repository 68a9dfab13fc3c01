"""Who is let in at the portal, who is not, and what can be learnt from it: nothing."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from ownstream import passwords
from ownstream.domain.scope import Scope
from ownstream.portal.reception import SignedIn, Visitor
from ownstream.portal.refusals import TurnedAway
from ownstream.store import GuessRow, pool, sqlite_url
from tests.support.clock import START
from tests.support.portal import ANN, OTHER, PASSWORD, World, hashed
from tests.support.world import SCOPE

HERE = "192.0.2.1"
NOBODY = "nobody@example.com"
ELSEWHERE = Scope(SCOPE.account, "eu-west-1")


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.store.close()


def refusal(act, *args) -> str:
    with pytest.raises(TurnedAway) as turned:
        act(*args)
    return turned.value.refusal.code


def sign_in(world: World, password: str = PASSWORD, *, name: str = ANN, where: str = HERE):
    return world.reception.sign_in(SCOPE, name, password, where)


def refused(world: World, password: str = "wrong", *, name: str = ANN, where: str = HERE) -> str:
    return refusal(world.reception.sign_in, SCOPE, name, password, where)


def visitor(world: World, login: SignedIn) -> Visitor | None:
    return world.reception.visitor(SCOPE, login.cookie)


def code_for(world: World, name: str = ANN) -> str:
    """A code, as control would mail it."""
    code = passwords.reset_code()
    with world.user(name) as user:
        user.reset_digest = passwords.code_digest(code)
        user.reset_expires_at = world.clock.now() + timedelta(hours=24)
    return code


def pass_time(world: World, **delay: float) -> None:
    world.clock.wake_next(world.clock.now() + timedelta(**delay))


def test_who_knows_the_password_is_let_in_for_an_hour(world: World) -> None:
    login = sign_in(world)
    assert visitor(world, login) == Visitor(SCOPE, ANN, "Ann", must_change=False)
    pass_time(world, minutes=59, seconds=59)
    assert visitor(world, login)
    pass_time(world, seconds=1)
    assert visitor(world, login) is None


def test_each_login_has_a_cookie_of_its_own(world: World) -> None:
    first, second = sign_in(world), sign_in(world)
    assert first.cookie != second.cookie
    assert len(first.cookie) >= 43


@pytest.mark.parametrize("name", ["Ann@example.com", " ann@example.com", "", "x" * 200, "a\0b"])
def test_a_name_that_is_not_quite_the_users_is_nobodys(world: World, name: str) -> None:
    assert refused(world, PASSWORD, name=name) == "wrong"


def test_a_login_is_good_in_its_own_pool_alone(world: World) -> None:
    world.add_user(scope=ELSEWHERE)
    login = sign_in(world)
    assert world.reception.visitor(ELSEWHERE, login.cookie) is None


def test_a_password_is_good_in_its_own_pool_alone(world: World) -> None:
    world.add_user(scope=ELSEWHERE, password_hash=hashed(OTHER))
    assert refusal(world.reception.sign_in, ELSEWHERE, ANN, PASSWORD, HERE) == "wrong"


def test_a_user_whose_mail_was_suppressed_has_no_password_that_fits(world: World) -> None:
    world.add_user("new@example.com", password_hash="", confirmed=False)
    assert refused(world, "", name="new@example.com") == "wrong"


def test_only_who_knows_the_password_learns_that_the_user_is_disabled(world: World) -> None:
    with world.user() as user:
        user.enabled = False
    assert (refused(world), refused(world, PASSWORD)) == ("wrong", "disabled")


def test_a_login_is_over_once_the_user_is_disabled(world: World) -> None:
    login = sign_in(world)
    with world.user() as user:
        user.enabled = False
    assert visitor(world, login) is None


def test_signing_out_ends_this_login_alone(world: World) -> None:
    one, other = sign_in(world), sign_in(world)
    world.reception.sign_out(SCOPE, one.cookie)
    assert (visitor(world, one), visitor(world, other) is not None) == (None, True)


class TestATemporaryPassword:
    @pytest.fixture(autouse=True)
    def temporary(self, world: World) -> None:
        with world.user() as user:
            user.confirmed, user.password_expires_at = False, START + timedelta(days=7)

    def test_lets_its_user_do_nothing_but_choose_another(self, world: World) -> None:
        login = sign_in(world)
        found = visitor(world, login)
        assert found
        assert (login.must_change, found.must_change) == (True, True)

    def test_is_replaced_by_the_one_that_is_chosen(self, world: World) -> None:
        login = sign_in(world)
        found = visitor(world, login)
        assert found
        again = world.reception.choose_password(found, login.cookie, OTHER)
        assert again.cookie != login.cookie
        assert visitor(world, login) is None
        assert visitor(world, again) == Visitor(SCOPE, ANN, "Ann", must_change=False)
        assert refused(world, PASSWORD) == "wrong"
        assert not sign_in(world, OTHER).must_change
        with world.user() as user:
            assert user.confirmed

    def test_has_run_out_after_seven_days(self, world: World) -> None:
        pass_time(world, days=7)
        assert (refused(world), refused(world, PASSWORD)) == ("wrong", "expired")

    def test_is_not_replaced_by_one_that_is_too_weak(self, world: World) -> None:
        login = sign_in(world)
        found = visitor(world, login)
        choose = world.reception.choose_password
        assert refusal(choose, found, login.cookie, "abc") == "too_weak"
        with world.user() as user:
            assert not user.confirmed

    def test_is_replaced_within_a_quarter_of_an_hour_or_not_by_this_login(
        self, world: World
    ) -> None:
        login = sign_in(world)
        found = visitor(world, login)
        pass_time(world, minutes=15)
        choose = world.reception.choose_password
        assert refusal(choose, found, login.cookie, OTHER) == "ended"

    def test_has_no_code_to_be_reset_by(self, world: World) -> None:
        world.reception.ask_for_code(SCOPE, ANN, HERE)
        with world.store.snapshot() as tx:
            assert pool.queued_mails(tx) == []


class TestAForgottenPassword:
    def test_is_replaced_by_who_has_the_code(self, world: World) -> None:
        login = sign_in(world)
        world.reception.reset(SCOPE, ANN, code_for(world), OTHER, HERE)
        assert visitor(world, login) is None
        assert refused(world, PASSWORD) == "wrong"
        assert sign_in(world, OTHER)

    def test_has_a_code_that_is_good_once(self, world: World) -> None:
        code = code_for(world)
        world.reception.reset(SCOPE, ANN, code, OTHER, HERE)
        assert refusal(world.reception.reset, SCOPE, ANN, code, PASSWORD, HERE) == "code_wrong"

    def test_has_a_code_that_is_good_for_a_day(self, world: World) -> None:
        code = code_for(world)
        pass_time(world, hours=24)
        assert refusal(world.reception.reset, SCOPE, ANN, code, OTHER, HERE) == "code_wrong"

    def test_has_a_code_that_may_be_typed_as_it_is_read(self, world: World) -> None:
        code = code_for(world).lower().replace("-", " ")
        world.reception.reset(SCOPE, ANN, code, OTHER, HERE)

    def test_has_a_code_of_this_user_alone(self, world: World) -> None:
        world.add_user("bob@example.com")
        code = code_for(world)
        reset = world.reception.reset
        assert refusal(reset, SCOPE, "bob@example.com", code, OTHER, HERE) == "code_wrong"

    @pytest.mark.parametrize("code", ["", "-", "AAAA-AAAA-AAAA-AAAA"])
    def test_is_not_replaced_without_one(self, world: World, code: str) -> None:
        reset = world.reception.reset
        assert refusal(reset, SCOPE, ANN, code, OTHER, HERE) == "code_wrong"
        assert refusal(reset, SCOPE, NOBODY, code, OTHER, HERE) == "code_wrong"

    def test_has_a_code_that_is_not_guessed_for_long(self, world: World) -> None:
        reset = world.reception.reset
        codes = [refusal(reset, SCOPE, ANN, "AAAA", OTHER, HERE) for _ in range(6)]
        assert codes == ["code_wrong"] * 5 + ["locked"]

    def test_brings_no_more_mail_than_anybody_wants(self, world: World) -> None:
        for _ in range(3):
            world.reception.ask_for_code(SCOPE, ANN, HERE)
        assert refusal(world.reception.ask_for_code, SCOPE, ANN, HERE) == "locked"
        with world.store.snapshot() as tx:
            assert len(pool.queued_mails(tx)) == 3

    def test_is_asked_for_alike_where_there_is_no_such_user(self, world: World) -> None:
        for _ in range(3):
            world.reception.ask_for_code(SCOPE, NOBODY, HERE)
        assert refusal(world.reception.ask_for_code, SCOPE, NOBODY, HERE) == "locked"
        with world.store.snapshot() as tx:
            assert pool.queued_mails(tx) == []


class TestGuessing:
    @pytest.mark.parametrize("name", [ANN, NOBODY])
    def test_locks_a_name_whether_or_not_there_is_such_a_user(
        self, world: World, name: str
    ) -> None:
        assert [refused(world, name=name) for _ in range(6)] == ["wrong"] * 5 + ["locked"]

    def test_locks_out_the_right_password_too(self, world: World) -> None:
        for _ in range(5):
            refused(world)
        assert refused(world, PASSWORD) == "locked"

    def test_locks_twice_as_long_each_time_up_to_a_quarter_of_an_hour(self, world: World) -> None:
        for _ in range(5):
            refused(world)
        waits = [self.wait_s(world) for _ in range(12)]
        assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 0]

    def wait_s(self, world: World) -> int:
        """For how long the name is locked; then there is one more failure."""
        since, step = world.clock.now(), 1
        while refused(world) == "locked":
            pass_time(world, seconds=step)
        return round((world.clock.now() - since).total_seconds())

    def test_is_forgotten_after_a_quarter_of_an_hour(self, world: World) -> None:
        for _ in range(9):
            refused(world)
        pass_time(world, minutes=15)
        assert [refused(world) for _ in range(6)] == ["wrong"] * 5 + ["locked"]

    def test_is_forgotten_by_who_knows_the_password(self, world: World) -> None:
        for _ in range(4):
            refused(world)
        sign_in(world)
        assert [refused(world) for _ in range(6)] == ["wrong"] * 5 + ["locked"]

    def test_of_many_names_locks_the_address_they_are_tried_from(self, world: World) -> None:
        tried = [refused(world, name=f"{number}@example.com") for number in range(41)]
        assert tried == ["wrong"] * 40 + ["locked"]
        assert refused(world, PASSWORD) == "locked"
        assert sign_in(world, where="198.51.100.7")

    def test_is_not_made_free_by_an_account_of_ones_own(self, world: World) -> None:
        world.add_user("eve@example.com")
        outcomes: list[str] = []
        for number in range(41):
            if number % 5 == 1:
                sign_in(world, name="eve@example.com")
            outcomes.append(refused(world, name=f"{number}@example.com"))
            if outcomes[-1] == "locked":
                break
        assert outcomes == ["wrong"] * 40 + ["locked"]

    def test_from_one_network_of_ipv6_is_one_guessers(self, world: World) -> None:
        for number in range(40):
            refused(world, name=f"{number}@example.com", where=f"2001:db8::{number:x}")
        assert refused(world, PASSWORD, where="2001:db8::ffff") == "locked"
        assert sign_in(world, where="2001:db8:0:1::1")

    def test_at_one_moment_counts_one_by_one(self, tmp_path) -> None:
        world = World(sqlite_url(tmp_path / "store.db"))
        with ThreadPoolExecutor(8) as threads:
            outcomes = list(threads.map(lambda _: refused(world), range(16)))
        assert sorted(outcomes) == ["locked"] * 11 + ["wrong"] * 5
        world.store.close()

    def test_takes_as_long_for_a_name_that_there_is_not(self, world: World) -> None:
        passwords.fits("warm", "")

        def work_s(name: str) -> float:
            began = time.thread_time()  # whoever else is busy on this machine has no part in it
            refused(world, name=name)
            return time.thread_time() - began

        pairs = [(work_s(ANN), work_s(NOBODY)) for _ in range(5)]
        known, unknown = map(min, zip(*pairs, strict=True))
        assert 0.5 < known / unknown < 2

    def test_leaves_nothing_behind_for_ever(self, world: World) -> None:
        refused(world)
        sign_in(world)
        pass_time(world, hours=2)
        with world.store.transaction() as tx:
            pool.forget_old(tx, world.clock.now())
        with world.store.snapshot() as tx:
            assert tx.query(GuessRow).count() == 0


def test_a_cookie_is_not_in_the_store(tmp_path) -> None:
    world = World(sqlite_url(tmp_path / "store.db"))
    login = sign_in(world)
    world.store.close()
    files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert login.cookie.encode() not in files
    assert PASSWORD.encode() not in files
