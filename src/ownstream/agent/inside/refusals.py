"""Why something cannot be done: a word for programs, and a sentence for the user."""

from __future__ import annotations

import errno
import os

TYPE_CHECKING = False  # `typing` itself would double the time that the start takes
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

REASONS: Mapping[int, tuple[str, str]] = {
    errno.ENOENT: ("not_found", "There is no such file or folder."),
    errno.ENOTDIR: ("not_found", "There is no such folder."),
    errno.ELOOP: ("not_a_file", "This is a link, and links are not followed."),
    errno.ENXIO: ("not_a_file", "This is no file that can be read."),
    errno.EISDIR: ("not_a_file", "This is a folder."),
    errno.EEXIST: ("exists", "There is a file or folder of this name already."),
    errno.ENOTEMPTY: ("exists", "There is a folder of this name already."),
    errno.EACCES: ("denied", "Its permissions do not allow this."),
    errno.EPERM: ("denied", "Its permissions do not allow this."),
    errno.ENAMETOOLONG: ("bad_name", "The name is too long."),
    errno.ENOSPC: ("disk_full", "There is no space left for this file."),
    errno.EDQUOT: ("disk_full", "There is no space left for this file."),
    errno.EFBIG: ("disk_full", "The file is larger than is allowed here."),
    errno.EAGAIN: ("busy", "An application holds this file. Try again in a moment."),
}


class Refused(Exception):
    """It is not done."""

    def __init__(self, error: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.answer: Mapping[str, Any] = {"error": error, "message": message, **more}


def answer_to(error: OSError) -> Mapping[str, Any]:
    """What is answered where the system says this."""
    number = error.errno or 0
    unknown = ("failed", f"This cannot be done: {os.strerror(number)}.")
    word, text = REASONS.get(number, unknown)
    return {"error": word, "message": text}
