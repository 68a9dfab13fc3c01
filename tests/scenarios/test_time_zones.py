"""A session's clock is that of the user's own device, where the stack says so."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.scenarios.test_app_settings import in_session
from tests.scenarios.test_home_folders import eventually
from tests.scenarios.test_main_job import type_line
from tests.support import fleets
from tests.support.browser import new_page, open_session
from tests.support.service import Served


@pytest.mark.parametrize(
    ("permission", "zone"), [("ENABLED", "IST+0530"), ("DISABLED", "UTC+0000")]
)
def test_applications_show_the_time_of_the_users_device(
    client: Any, service: Served, browser: Browser, permission: str, zone: str
) -> None:
    name = fleets.running_pair(client)
    setting = {"Action": "AUTO_TIME_ZONE_REDIRECTION", "Permission": permission}
    client.update_stack(Name=name, UserSettings=[setting])
    page = new_page(browser, timezone_id="Asia/Kolkata")
    open_session(page, fleets.streaming_url(client, name, ApplicationId="xterm"))
    type_line(page, "date +%Z%z > ~/zone.part; mv ~/zone.part ~/zone")
    (file,) = eventually(lambda: in_session(service, "zone"))
    assert file.read_text().strip() == zone
    page.context.close()
