"""My Files by hand: what a user clicks, chooses and drops in the dialog."""

from pathlib import Path

from playwright.sync_api import Page

from tests.support.browser import WITHIN_MS


def open_files(page: Page) -> None:
    """The dialog shows the temporary folder, of a session that has no other."""
    page.get_by_role("button", name="My Files").click()
    page.locator(".files-status", has_text="gone when the session ends").wait_for()


def choose(page: Page, *files: Path) -> None:
    """The user has chosen these files to be uploaded."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload files").click()
    chooser.value.set_files([*files])


def drop(page: Page, *paths: Path) -> None:
    """The user has dragged these files and folders from the computer onto the page."""
    devtools = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": kind, "x": 600, "y": 400, "data": data})


def await_uploads(page: Page, count: int, within_ms: float = WITHIN_MS) -> None:
    """So many uploads are all there are, and are there."""
    text = f"Uploaded {count} of {count} file{'s' if count > 1 else ''}"
    page.get_by_role("heading", name=text, exact=True).wait_for(timeout=within_ms)


def downloaded(page: Page, name: str) -> bytes:
    """What the browser has saved of this file."""
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Download {name}", exact=True).first.click()
    data = Path(download.value.path()).read_bytes()
    download.value.delete()
    return data
