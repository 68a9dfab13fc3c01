"""Copying a text and a picture both ways, told by what the device's clipboard has in the end.

In the session errands do what an application's user would: one copies what it has been given in
another form, one keeps a picture and says so, one copies the kept picture.
"""

import os
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import Page
from tests.support.device import come_back, copied_picture, copied_text, copy_picture, copy_text

from benchmarks.soak.desk import Desk, NotDone

_TEXT, _KEEP, _GIVE = "6", "7", "8"  # digits that run an errand
_WITHIN_S = 15.0
_PICTURE = (240, 160)
_WAIT = "n=0; until {}; do n=$((n+1)); [ $n -gt 150 ] && exit 1; sleep 0.1; done"
ERRANDS = {
    _TEXT: f"""
{_WAIT.format("xclip -o -selection clipboard | grep -q '^into the session'")}
xclip -o -selection clipboard | tr a-z A-Z | xclip -i -selection clipboard
""",
    _KEEP: f"""
{_WAIT.format("xclip -o -selection clipboard -t TARGETS | grep -q image/png")}
xclip -o -selection clipboard -t image/png > /tmp/kept.png
printf kept | xclip -i -selection clipboard
""",
    _GIVE: "xclip -i -selection clipboard -t image/png /tmp/kept.png",
}


def copying(desk: Desk) -> None:
    """A text goes in and comes out in capitals; a picture goes in and comes out the same."""
    page = desk.page.page
    text = f"into the session, {os.urandom(200).hex()}"
    copy_text(page, text)
    _do(page, _TEXT)
    _await(desk, "the text", lambda: copied_text(page) == text.upper())
    desk.done["texts there and back"] += 1
    noise = os.urandom(_PICTURE[0] * _PICTURE[1] * 3)
    picture = Image.frombytes("RGB", _PICTURE, noise)
    copy_picture(page, picture)
    _do(page, _KEEP)
    _await(desk, "word of the picture", lambda: copied_text(page) == "kept")
    _do(page, _GIVE)
    _await(desk, "the picture", lambda: copied_picture(page) == picture)
    desk.done["pictures there and back"] += 1


def _do(page: Page, errand: str) -> None:
    come_back(page)
    page.keyboard.press(errand)


def _await(desk: Desk, what: str, is_there: Callable[[], bool]) -> None:
    for _ in range(int(_WITHIN_S / 0.1)):
        if is_there():
            return
        desk.page.pause(0.1)
    raise NotDone(f"{what} did not come to the device's clipboard")
