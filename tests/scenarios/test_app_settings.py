"""Application settings as users meet them: what an application remembers is there next time."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from ownstream.domain.app_settings import settings_folder
from ownstream.domain.scope import Scope
from tests.scenarios.test_home_folders import eventually, session
from tests.scenarios.test_main_job import type_line
from tests.support import fleets
from tests.support.service import Served

SCOPE = Scope("000000000000", "us-east-1")
REMEMBER = "mkdir -p ~/.config/app && echo mine > ~/.config/app/rc && echo x > ~/.cache-not; sync"


def with_settings(client: Any, name: str, group: str) -> str:
    """A running fleet whose stack keeps settings."""
    fleets.running_pair(client, name)
    client.update_stack(Name=name, ApplicationSettings={"Enabled": True, "SettingsGroup": group})
    return name


def kept(service: Served, group: str, user: str) -> Path:
    return service.data_dir / "home-folders" / settings_folder(SCOPE, group, user)


def in_session(service: Served, path: str) -> list[Path]:
    """This path of every home that there is now."""
    return list(service.instances_dir.glob(f"i-*/home/{path}"))


def test_what_an_application_remembers_is_there_in_the_next_session(
    client, service: Served, browser: Browser
) -> None:
    first = with_settings(client, "first", "office")
    second = with_settings(client, "second", "office")
    store = kept(service, "office", "ann")
    with session(client, browser, first, "ann") as page:
        type_line(page, f"{REMEMBER}; mkdir -p ~/.cache; echo x > ~/.cache/big; echo x > a.txt")
        eventually(lambda: in_session(service, "a.txt"))
    assert (store / ".config/app/rc").read_text() == "mine\n"
    assert not (store / ".cache").exists()
    assert not (store / "a.txt").exists()
    with session(client, browser, second, "ann") as page:
        (copy,) = in_session(service, ".config/app/rc")
        assert copy.read_text() == "mine\n"
        type_line(page, "cat ~/.config/app/rc > ~/seen; rm ~/.cache-not; touch ~/done")
        eventually(lambda: in_session(service, "done"))
        (seen,) = in_session(service, "seen")
        assert seen.read_text() == "mine\n"
    assert not (store / ".cache-not").exists()


def test_other_users_and_other_groups_have_settings_of_their_own(
    client, service: Served, browser: Browser
) -> None:
    office, lab = with_settings(client, "desk", "shared"), with_settings(client, "lab", "lab")
    with session(client, browser, office, "eve") as page:
        type_line(page, f"{REMEMBER}; touch ~/done")
        eventually(lambda: in_session(service, "done"))
    with session(client, browser, office, "bob"):
        assert in_session(service, ".config/app/rc") == []
    with session(client, browser, lab, "eve"):
        assert in_session(service, ".config/app/rc") == []


def test_settings_that_cannot_be_put_back_stop_nobody_and_stay_as_they_are(
    client, service: Served, browser: Browser
) -> None:
    name = with_settings(client, "hurt", "hurt")
    store = kept(service, "hurt", "cal")
    for path in (".apprc", "zzz/that is no setting"):
        (store / path).parent.mkdir(parents=True, exist_ok=True)
        (store / path).write_text("kept")
    with session(client, browser, name, "cal") as page:
        type_line(page, "echo lost > ~/.apprc; touch ~/done")
        eventually(lambda: in_session(service, "done"))
    assert (store / ".apprc").read_text() == "kept"
