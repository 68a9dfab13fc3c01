"""Copying a text and a picture both ways, told by what the device's clipboard has in the end.

In the session errands do what an application's user would: one copies what it has been given in
another form, one keeps a picture and says so, one copies the kept picture.
"""

import base64
import io
import os
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import Page

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

_WRITE_TEXT = "text => navigator.clipboard.writeText(text)"
_READ_TEXT = "() => navigator.clipboard.readText()"
_WRITE_PICTURE = """data => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const picture = new Blob([bytes], { type: "image/png" });
  return navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
}"""
_READ_PICTURE = """async () => {
  for (const item of await navigator.clipboard.read()) {
    if (!item.types.includes("image/png")) continue;
    const bytes = new Uint8Array(await (await item.getType("image/png")).arrayBuffer());
    let text = "";
    for (let n = 0; n < bytes.length; n += 8192)
      text += String.fromCharCode(...bytes.subarray(n, n + 8192));
    return btoa(text);
  }
  return "";
}"""
_COME_BACK = "() => dispatchEvent(new Event('focus'))"  # headless pages have it all the time


def copying(desk: Desk) -> None:
    """A text goes in and comes out in capitals; a picture goes in and comes out the same."""
    page = desk.page.page
    text = f"into the session, {os.urandom(200).hex()}"
    page.evaluate(_WRITE_TEXT, text)
    _do(page, _TEXT)
    _await(desk, "the text", lambda: page.evaluate(_READ_TEXT) == text.upper())
    desk.done["texts there and back"] += 1
    picture = os.urandom(_PICTURE[0] * _PICTURE[1] * 3)
    page.evaluate(_WRITE_PICTURE, _png(picture))
    _do(page, _KEEP)
    _await(desk, "word of the picture", lambda: page.evaluate(_READ_TEXT) == "kept")
    _do(page, _GIVE)
    _await(desk, "the picture", lambda: _pixels(page.evaluate(_READ_PICTURE)) == picture)
    desk.done["pictures there and back"] += 1


def _do(page: Page, errand: str) -> None:
    page.evaluate(_COME_BACK)
    page.keyboard.press(errand)


def _await(desk: Desk, what: str, is_there: Callable[[], bool]) -> None:
    for _ in range(int(_WITHIN_S / 0.1)):
        if is_there():
            return
        desk.page.pause(0.1)
    raise NotDone(f"{what} did not come to the device's clipboard")


def _png(pixels: bytes) -> str:
    file = io.BytesIO()
    Image.frombytes("RGB", _PICTURE, pixels).save(file, "png")
    return base64.b64encode(file.getvalue()).decode()


def _pixels(data: str) -> bytes:
    """Those of a picture; none of nothing."""
    return Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB").tobytes() if data else b""
