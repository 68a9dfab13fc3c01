"""What makes a session's applications ready, from its begin to its instance's end."""

import asyncio
import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ownstream.control.script_logs import ScriptLogs
from ownstream.control.setups import GIVEN_UP_AFTER, LATE, LOOK_S, SOON_S, Setups
from ownstream.domain.keys import fleet_key
from ownstream.drivers.base import InstanceSpec
from ownstream.drivers.fake import IMAGE, FakeInstance
from ownstream.gateway.admission import Refused, describe
from ownstream.gateway.presence import Presence
from ownstream.storage.locations import Location, NotThere, read
from ownstream.storage.memory_locations import MemoryLocations
from ownstream.storage.packages import Packages
from ownstream.store import (
    AppBlockRow,
    ApplicationFleetRow,
    ApplicationRow,
    SessionRow,
    streaming,
    usage,
)
from tests.support.archives import zipped
from tests.support.clock import START
from tests.support.scripts_agent import ScriptsAgent, listening
from tests.support.world import SCOPE, add_ready_instance
from tests.unit.control.world import World, world

ELASTIC = {"FleetType": "ELASTIC", "MaxConcurrentSessions": 2, "Platform": "UBUNTU_PRO_2404"}
SCRIPTS = {"S3Bucket": "a-bucket", "S3Key": "scripts.zip"}
APP = Location("a-bucket", "tools/tools.zip")
SETUP = Location("a-bucket", "tools/setup.sh")
KEY = {"account": SCOPE.account, "region": SCOPE.region}


def script(event: str, context: str = "user") -> dict[str, Any]:
    return {
        "executables": [
            {"context": context, "filename": f"/scripts/{event}", "arguments": "a 'b c'"}
        ]
    }


BOTH = {"SessionStart": script("start"), "SessionTermination": script("end")}


@dataclass
class Desk:
    """An Elastic fleet with a session, its app block `tools`, and who makes that ready."""

    folder: Path
    document: dict[str, Any] = field(default_factory=dict[str, Any])
    agent: ScriptsAgent = field(default_factory=ScriptsAgent)
    locations: MemoryLocations = field(default_factory=MemoryLocations)

    def __post_init__(self) -> None:
        self.world: World = world(**ELASTIC, **self.document)
        self.locations.write(APP, io.BytesIO(zipped({"bin/app": b"app"})))
        self.locations.write(SETUP, io.BytesIO(b"#!/bin/sh\n"))
        self.setups = Setups(
            self.world.store,
            self.world.clock,
            self.world.driver,
            Packages(self.folder / "packages", self.locations),
            ScriptLogs(self.world.store, self.world.clock, self.locations),
        )
        with self.world.store.transaction() as tx:
            row = AppBlockRow(**KEY, name="tools", document=block(), created_at=START)
            tx.add(row)
            arn = SCOPE.arn("app-block", "tools")
            for name in ("editor", "viewer"):
                application = {"AppBlockArn": arn, "LaunchPath": "/opt/x"}
                tx.add(
                    ApplicationRow(
                        **KEY, name=name, document=application, icon=name, created_at=START
                    )
                )
                tx.add(ApplicationFleetRow(**KEY, fleet="f", application=name))

    def write_scripts(self, config: Any) -> None:
        text = config if isinstance(config, bytes) else json.dumps(config).encode()
        place = Location(SCRIPTS["S3Bucket"], SCRIPTS["S3Key"])
        self.locations.write(place, io.BytesIO(zipped({"config.json": text})))

    def begin(self, *, home_folder: str = "", ready: bool = True) -> None:
        with self.world.store.transaction() as tx:
            tx.add(
                SessionRow(
                    **KEY,
                    id="s",
                    stack="s",
                    fleet="f",
                    user_id="ann",
                    created_at=START,
                    setup="wanted",
                    home_folder=home_folder,
                    wish={"max_duration_s": 3600},
                )
            )
        if ready:
            self.assign()

    def assign(self) -> None:
        """The session's instance is there."""
        spec = InstanceSpec("i-1", IMAGE, "APP", memory_bytes=1, cpus=1, internet=False)
        self.world.driver.instances["i-1"] = FakeInstance(spec, launched=True)
        with self.world.store.transaction() as tx:
            row = add_ready_instance(tx)
            row.session_id = "s"
            session = tx.get(SessionRow, "s")
            assert session
            session.instance_id = "i-1"

    def reconcile(self) -> float | None:
        async def main() -> float | None:
            async with listening(self.agent):
                with self.world.store.transaction() as tx:
                    for row in streaming.all_instances(tx):
                        row.endpoint = self.agent.endpoint
                return await self.setups.reconcile("s")

        return asyncio.run(main())

    def end(self) -> None:
        with self.world.store.transaction() as tx:
            session = tx.get(SessionRow, "s")
            assert session
            streaming.end_session(tx, session, reason="ended_by_user", now=self.world.clock.now())

    def session(self) -> SessionRow:
        return self.world.session()

    @property
    def shown(self) -> list[str]:
        return sorted(self.world.driver.instances["i-1"].shown)

    @property
    def goal(self) -> str:
        (row,) = self.world.instances()
        return row.goal

    def end_text(self) -> str:
        """What its user reads."""
        with self.world.store.snapshot() as tx:
            session = tx.get(SessionRow, "s")
            assert session
            with pytest.raises(Refused) as refused:
                describe(tx, session)
        return refused.value.message


def block(**members: Any) -> dict[str, Any]:
    return {
        "PackagingType": "CUSTOM",
        "State": "ACTIVE",
        "SourceS3Location": {"S3Bucket": APP.bucket, "S3Key": APP.key},
        "SetupScriptDetails": {
            "ScriptS3Location": {"S3Bucket": SETUP.bucket, "S3Key": SETUP.key},
            "ExecutablePath": "/bin/sh",
            "ExecutableParameters": "setup.sh 'one word'",
            "TimeoutInSeconds": 30,
        },
        **members,
    }


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def scripted(tmp_path: Path) -> Desk:
    """A desk whose fleet has session scripts."""
    desk = Desk(tmp_path, {"SessionScriptS3Location": SCRIPTS})
    desk.write_scripts(BOTH)
    return desk


def presence(desk: Desk) -> Presence:
    return Presence(desk.world.store, desk.world.clock)


def test_the_stream_waits_until_blocks_are_shown_and_set_up(desk: Desk) -> None:
    desk.begin()
    assert presence(desk).standing("s").endpoint == ""
    assert desk.reconcile() is None
    assert desk.shown == ["AppBlocks/tools"]
    assert desk.session().setup == "ready"
    assert presence(desk).standing("s").endpoint == desk.agent.endpoint
    [order] = desk.agent.asked
    assert order["argv"] == ["/bin/sh", "setup.sh", "one word"]
    assert order["folder"] == "/opt/appstream/AppBlocks/tools"
    assert order["within"] == 30
    assert order["environment"]["AppStream_UserName"] == "ann"


def test_a_block_is_fetched_while_the_instance_comes_up(desk: Desk) -> None:
    desk.begin(ready=False)
    assert desk.reconcile() == LOOK_S
    assert desk.agent.asked == []
    desk.locations.remove(APP)  # it is not missed any more, but by who looks whether it is there
    desk.locations.write(APP, io.BytesIO(zipped({"bin/app": b"app"})))
    desk.assign()
    assert desk.reconcile() is None
    assert desk.shown == ["AppBlocks/tools"]


def test_a_session_that_is_set_up_is_left_alone(desk: Desk) -> None:
    desk.begin()
    desk.reconcile()
    assert desk.reconcile() is None
    assert len(desk.agent.asked) == 1


def test_a_script_is_found_in_the_folder_that_it_lies_in(desk: Desk) -> None:
    change(desk, SetupScriptDetails={**block()["SetupScriptDetails"], "ExecutablePath": "setup.sh"})
    desk.begin()
    desk.reconcile()
    assert desk.agent.commands == [["./setup.sh", "setup.sh", "one word"]]


def change(desk: Desk, **members: Any) -> None:
    with desk.world.store.transaction() as tx:
        row = tx.get(AppBlockRow, {**KEY, "name": "tools"})
        assert row
        row.document = block(**members)


def failing(answer: dict[str, Any]) -> Callable[[Desk], None]:
    return lambda desk: desk.agent.answers.update({"/bin/sh": answer})


def delete(desk: Desk) -> None:
    with desk.world.store.transaction() as tx:
        tx.delete(tx.get(AppBlockRow, {**KEY, "name": "tools"}))


NAME = "The setup script of the app block tools"
FAILURES: dict[str, tuple[Callable[[Desk], None], str]] = {
    "a missing archive": (lambda desk: desk.locations.remove(APP), f"There is no {APP}."),
    "a missing script": (lambda desk: desk.locations.remove(SETUP), f"There is no {SETUP}."),
    "a hostile archive": (
        lambda desk: desk.locations.write(APP, io.BytesIO(zipped({"../out": b""}))),
        "cannot be unpacked: '../out' in it leads out of it.",
    ),
    "a script that fails": (
        failing({"status": 3, "output": "one\nno licence\n\n"}),
        f"{NAME} ended with code 3: no licence.",
    ),
    "a script that takes too long": (
        failing({"reason": "timeout"}),
        f"{NAME} did not end within 30 seconds.",
    ),
    "a block that is deleted": (delete, "There is no app block tools any more."),
    "a block that has no package": (
        lambda desk: change(desk, State="INACTIVE"),
        "The app block tools is INACTIVE: it has no package yet.",
    ),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_what_cannot_be_made_ready_ends_the_session_in_words(desk: Desk, failure: str) -> None:
    act, words = FAILURES[failure]
    desk.begin()
    act(desk)
    assert desk.reconcile() is None
    assert (desk.session().state, desk.session().end_reason) == ("EXPIRED", "setup_failed")
    assert desk.end_text().startswith("Your session could not be started. ")
    assert desk.end_text().endswith(words)
    assert presence(desk).standing("s").why == desk.end_text()
    assert desk.goal == "retire"


def test_an_agent_that_is_gone_is_its_fleets_matter(desk: Desk) -> None:
    desk.begin()
    desk.agent.gone = True
    touched: list[object] = []
    with desk.world.store.listened(touched.append):
        assert desk.reconcile() == SOON_S
    assert fleet_key(SCOPE, "f") in touched
    assert desk.session().setup == "wanted"
    desk.agent.gone = False
    assert desk.reconcile() is None
    assert desk.session().setup == "ready"


def test_scripts_of_the_start_run_after_the_setup_and_those_of_the_end_at_the_end(
    scripted: Desk,
) -> None:
    scripted.begin()
    assert scripted.reconcile() is None
    assert scripted.shown == ["AppBlocks/tools", "SessionScripts"]
    assert scripted.agent.commands == [
        ["/bin/sh", "setup.sh", "one word"],
        ["/scripts/start", "a", "b c"],
    ]
    assert scripted.session().setup == "armed"
    assert presence(scripted).standing("s").endpoint
    scripted.end()
    assert scripted.goal == "save"
    assert scripted.reconcile() is None
    assert scripted.agent.commands[2:] == [["/scripts/end", "a", "b c"]]
    assert scripted.goal == "retire"


def test_the_home_folder_is_saved_after_the_last_script(scripted: Desk) -> None:
    scripted.begin(home_folder="open")
    scripted.reconcile()
    scripted.end()
    scripted.reconcile()
    assert (scripted.goal, scripted.session().setup) == ("save", "ready")


def logged(desk: Desk) -> dict[str, bytes]:
    """What is in the bucket for logs, by key."""
    with desk.world.store.transaction() as tx:
        bucket = usage.logs_bucket_of(tx, SCOPE, START)
    try:
        keys = list(desk.locations.list(bucket))
    except NotThere:
        return {}
    return {key: read(desk.locations, Location(bucket, key), most_bytes=99) for key in keys}


def test_what_scripts_print_is_kept_where_appstream_keeps_it(scripted: Desk) -> None:
    for command in ("/bin/sh", "/scripts/start", "/scripts/end"):
        scripted.agent.answers[command] = {"status": 0, "output": f"{command} says\n"}
    scripted.begin()
    scripted.reconcile()
    scripted.end()
    scripted.reconcile()
    digest = hashlib.sha256(b"ann").hexdigest()
    folder = f"s/f/custom/{digest}/s/SessionScriptsLogs"
    assert logged(scripted) == {
        "f/i-1/tools/output.log": b"/bin/sh says\n",
        f"{folder}/SessionStart/user.log": b"/scripts/start says\n",
        f"{folder}/SessionTermination/user.log": b"/scripts/end says\n",
    }


def test_what_a_script_prints_is_not_kept_if_it_is_not_to_be(scripted: Desk) -> None:
    start = script("start")
    start["executables"][0]["s3LogEnabled"] = False
    scripted.write_scripts({"SessionStart": start})
    scripted.agent.answers["/scripts/start"] = {"status": 0, "output": "secret"}
    scripted.begin()
    scripted.reconcile()
    assert logged(scripted) == {}


@pytest.mark.parametrize("answer", [{"status": 1}, {"reason": "timeout"}], ids=str)
def test_a_session_script_that_fails_keeps_nobody_out_and_no_instance(
    scripted: Desk, answer: dict[str, Any]
) -> None:
    scripted.agent.answers = {"/scripts/start": answer, "/scripts/end": answer}
    scripted.begin()
    scripted.reconcile()
    assert scripted.session().setup == "armed"
    [news] = presence(scripted).standing("s").news
    assert news.startswith("The SessionStart script of the context user ")
    presence(scripted).arrive("s", "relay")
    assert presence(scripted).standing("s").news == ()
    scripted.end()
    scripted.reconcile()
    assert scripted.goal == "retire"


def test_an_instance_whose_agent_is_gone_is_not_kept_for_scripts(scripted: Desk) -> None:
    scripted.begin()
    scripted.reconcile()
    scripted.end()
    scripted.agent.gone = True
    assert scripted.reconcile() is None
    assert scripted.goal == "retire"


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (b"{", "config.json is not JSON"),
        ({"SessionStart": {"waitingTime": 61}}, "waitingTime is not a number of seconds"),
    ],
)
def test_session_scripts_that_cannot_be_read_end_the_session(
    scripted: Desk, config: Any, words: str
) -> None:
    scripted.write_scripts(config)
    scripted.begin()
    scripted.reconcile()
    assert words in scripted.end_text()


def test_a_config_that_is_a_link_is_not_followed(scripted: Desk, tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps(BOTH))
    place = Location(SCRIPTS["S3Bucket"], SCRIPTS["S3Key"])
    scripted.locations.write(place, io.BytesIO(zipped({"config.json": str(secret)})))
    scripted.begin()
    scripted.reconcile()
    assert "there is no config.json" in scripted.end_text()


def test_a_session_that_ends_meanwhile_wants_nothing_more(desk: Desk) -> None:
    desk.begin()
    desk.end()
    assert desk.goal == "retire"
    assert desk.reconcile() is None
    assert desk.agent.asked == []


def test_nobody_is_given_up_while_applications_are_made_ready(desk: Desk) -> None:
    desk.begin()
    asyncio.run(desk.world.clock.advance(timedelta(minutes=10)))
    asyncio.run(desk.world.sessions.reconcile(("session", "s")))
    assert desk.session().state == "PENDING"


def test_what_cannot_be_shown_for_long_ends_the_session(desk: Desk) -> None:
    desk.begin()
    desk.agent.gone = True
    assert desk.reconcile() == SOON_S
    asyncio.run(desk.world.clock.advance(GIVEN_UP_AFTER))
    assert desk.reconcile() is None
    assert desk.end_text() == f"Your session could not be started. {LATE}"
    assert desk.goal == "retire"


def test_instances_are_those_of_the_fleet(desk: Desk) -> None:
    """An Elastic fleet has one only once somebody waits for it."""
    desk.world.look(2)
    assert desk.world.instances() == []
    desk.begin(ready=False)
    desk.world.look(3)
    [row] = desk.world.instances()
    assert (row.session_id, desk.session().instance_id) == ("s", row.id)
    desk.end()
    desk.world.look(2)
    assert desk.world.instances() == []
