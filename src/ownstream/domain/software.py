"""Software that is put into image builders by name: packages of the system's own sources."""

import re
from collections.abc import Collection, Iterable, Mapping

from ownstream.domain.refusals import COMBINATION, Refusal, Refusals

STAGED, PENDING, INSTALLED = "STAGED_FOR_INSTALLATION", "PENDING_INSTALLATION", "INSTALLED"
STAGED_OUT, PENDING_OUT = "STAGED_FOR_UNINSTALLATION", "PENDING_UNINSTALLATION"
FAILED, FAILED_OUT = "FAILED_TO_INSTALL", "FAILED_TO_UNINSTALL"

# What associating, disassociating and deploying make of each status; None: it is forgotten.
ASSOCIATED: Mapping[str, str] = {FAILED: STAGED, FAILED_OUT: INSTALLED, STAGED_OUT: INSTALLED}
DISASSOCIATED: Mapping[str, str | None] = {
    STAGED: None,
    FAILED: None,
    INSTALLED: STAGED_OUT,
    FAILED_OUT: STAGED_OUT,
    STAGED_OUT: STAGED_OUT,
}
DEPLOYED: Mapping[str, str] = {STAGED: PENDING, STAGED_OUT: PENDING_OUT}
RETRIED: Mapping[str, str] = {**DEPLOYED, FAILED: PENDING, FAILED_OUT: PENDING_OUT}
ENDED: Mapping[str, tuple[str | None, str]] = {  # what success and failure make of it
    PENDING: (INSTALLED, FAILED),
    PENDING_OUT: (None, FAILED_OUT),
}

_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]{1,100}(:[a-z0-9]{1,20})?", re.ASCII)
_LICENSED = re.compile(r"Microsoft_\w+", re.ASCII)


def is_licensed(name: str) -> bool:
    """Whether AWS has such software for Windows, which no image here is of."""
    return _LICENSED.fullmatch(name) is not None


def creation_refusals(
    install: Collection[str], uninstall: Collection[str], known: Collection[str]
) -> Refusals:
    """What is wrong with software that a new image builder is to have, and to have no more.

    Known is what of software its image has.
    """
    yield from package_refusals([*install, *uninstall])
    for name in sorted({*install} & {*uninstall}):
        yield Refusal(COMBINATION, f"{name} is to be installed and to be uninstalled.")
    for name in uninstall:
        if name not in known:
            yield Refusal(
                COMBINATION,
                f"SoftwaresToUninstall names {name}, and the image has no such software that was"
                " installed by name. Leave it out, or remove it in the image builder with apt.",
            )


def name_refusals(names: Collection[str]) -> Refusals:
    """What is wrong with the names of software that an image builder is associated with."""
    if not names:
        yield Refusal(COMBINATION, "SoftwareNames names no software.")
    yield from package_refusals(names)


def package_refusals(names: Iterable[str]) -> Refusals:
    """Which of these cannot be the name of a package; an option of apt's cannot, say."""
    for name in names:
        if not _PACKAGE.fullmatch(name):
            yield Refusal(
                COMBINATION,
                f"{name} is no package's name. Name packages as apt does, such as inkscape.",
            )


def command(status: str, name: str) -> tuple[str, ...]:
    """What brings a package to where it is to be, run as the system's administrator."""
    what = "install" if status == PENDING else "remove"
    return ("apt-get", what, "--yes", "--no-install-recommends", "--", name)
