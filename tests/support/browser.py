"""Debian's Chromium, looking at a session's page."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WITHIN_MS = 30_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def new_page(browser: Browser, **options: Any) -> Page:
    """A page of a user of its own: nothing is shared with other pages."""
    context = browser.new_context(viewport={"width": 1280, "height": 760}, **options)
    return context.new_page()


def await_state(page: Page, *states: str) -> str:
    """The page's state, once it is one of these."""
    # By selectors alone: the page's own policy forbids scripts that a test would bring in.
    attributes = ",".join(f"[data-state={state}]" for state in states)
    page.locator(f"html:is({attributes})").wait_for(state="attached", timeout=WITHIN_MS)
    return page.evaluate("() => document.documentElement.dataset.state")


def await_frame(page: Page) -> None:
    """The page has drawn a frame since it was loaded."""
    page.locator("html[data-frames]").wait_for(state="attached", timeout=WITHIN_MS)


def await_application(page: Page) -> None:
    """The page shows an application that has opened its window."""
    await_state(page, "streaming")
    await_frame(page)
    page.locator(".veil.lifted").wait_for(state="attached", timeout=WITHIN_MS)


def open_session(page: Page, url: str) -> None:
    """The page shows the application that the URL asks for."""
    page.goto(url)
    await_application(page)


def picture(page: Page) -> Image.Image:
    """What the page shows."""
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def await_colour(page: Page, colour: tuple[int, int, int], *, share: float = 0.3) -> Image.Image:
    """The page's picture, once so great a share of it is about of this colour."""
    for _ in range(150):
        seen = picture(page)
        if share_of(seen, colour) >= share:
            return seen
        page.wait_for_timeout(100)
    raise AssertionError(f"{colour} never covered {share:.0%} of the page")


def share_of(image: Image.Image, colour: tuple[int, int, int], tolerance: int = 40) -> float:
    """Which share of the picture is about of this colour."""
    small = image.resize((128, 76), Image.Resampling.NEAREST)
    pixels = list(small.get_flattened_data())
    near = sum(
        all(abs(a - b) <= tolerance for a, b in zip(pixel, colour, strict=True)) for pixel in pixels
    )
    return near / len(pixels)
