"""Public images under the names that AppStream has for its own; nothing is in them."""

from ownstream.drivers.base import WITHOUT_GPU, Application, Image

_WINDOWS = (
    Application("notepad", "Notepad", (r"C:\Windows\System32\notepad.exe",)),
    Application("firefox", "Firefox", (r"C:\Program Files\Mozilla Firefox\firefox.exe",)),
)
_LINUX = (
    Application("xterm", "XTerm", ("/usr/bin/xterm",)),
    Application("firefox", "Firefox", ("/usr/bin/firefox",)),
)


def _image(
    name: str,
    platform: str,
    applications: tuple[Application, ...],
    families: tuple[str, ...] = WITHOUT_GPU,
) -> Image:
    return Image(
        name=name,
        display_name=name,
        description="A simulated image: instances of it run nothing.",
        platform=platform,
        applications=applications,
        families=families,
    )


CATALOG = (
    _image("Amazon-AppStream2-Sample-Image-06-17-2024", "WINDOWS_SERVER_2019", _WINDOWS),
    _image("AppStream-WinServer2019-06-12-2023", "WINDOWS_SERVER_2019", _WINDOWS),
    _image("AppStream-WinServer2019-10-05-2022", "WINDOWS_SERVER_2019", _WINDOWS),
    _image("AppStream-AmazonLinux2-02-11-2025", "AMAZON_LINUX2", _LINUX),
    _image("AppStream-AmazonLinux2-03-15-2023", "AMAZON_LINUX2", _LINUX),
    # AppStream's pattern for graphics images; no whole name of one is known here, the date is ours.
    _image("AppStream-Graphics-G4dn-06-17-2024", "WINDOWS_SERVER_2019", _WINDOWS, ("Graphics G4",)),
)
