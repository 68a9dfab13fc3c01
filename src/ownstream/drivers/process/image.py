"""The host as an image: its name, what the API calls its platform, its applications."""

import os
import platform
from collections.abc import Mapping

from ownstream.drivers.base import Image
from ownstream.drivers.process.catalog import applications

NAME = "Ownstream-Linux-Host"

# By os-release ID, which of the service model's platforms comes nearest.
_PLATFORMS = {
    "amzn": "AMAZON_LINUX2",
    "rhel": "RHEL8",
    "centos": "RHEL8",
    "rocky": "ROCKY_LINUX8",
    "almalinux": "ROCKY_LINUX8",
}
_USUAL_PLATFORM = "UBUNTU_PRO_2404"


def host_image() -> Image:
    """The image of this machine, as it is now."""
    release = _os_release()
    system = release.get("PRETTY_NAME", "Linux")
    return Image(
        name=NAME,
        display_name=f"This machine ({system})",
        description=f"The applications installed on this machine, which runs {system}",
        platform=nearest_platform(release),
        applications=applications(),
        builders=os.geteuid() == 0,
    )


def host_system() -> str:
    """What a host has to be alike in, for layers made on it to lie over another one's /usr."""
    release = _os_release()
    return " ".join((release.get("ID", "linux"), release.get("VERSION_ID", ""), platform.machine()))


def nearest_platform(release: Mapping[str, str]) -> str:
    """The service model's PlatformType for a system with this os-release."""
    families = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    return next((_PLATFORMS[name] for name in families if name in _PLATFORMS), _USUAL_PLATFORM)


def _os_release() -> Mapping[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}
