"""The clipboard of the user's device, as any page there may use it that was let at it."""

import base64
import io

from PIL import Image
from playwright.sync_api import Page

READ_AND_WRITE = ["clipboard-read", "clipboard-write"]  # permissions of a browser's context

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


def copy_text(page: Page, text: str) -> None:
    """The user copies this on the device."""
    page.evaluate("text => navigator.clipboard.writeText(text)", text)


def copied_text(page: Page) -> str:
    """What the device's clipboard has; empty if that is no text."""
    return page.evaluate("() => navigator.clipboard.readText()")


def copy_picture(page: Page, picture: Image.Image) -> None:
    """The user copies this on the device."""
    file = io.BytesIO()
    picture.save(file, "png")
    page.evaluate(_WRITE_PICTURE, base64.b64encode(file.getvalue()).decode())


def copied_picture(page: Page) -> Image.Image | None:
    """What the device's clipboard has; None if that is no picture."""
    data = page.evaluate(_READ_PICTURE)
    if not data:
        return None
    picture = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")
    picture.info.clear()  # what the browser has written beside the picture
    return picture


def come_back(page: Page) -> None:
    """The user returns to the page; headless pages have the focus all the time."""
    page.evaluate("dispatchEvent(new Event('focus'))")
