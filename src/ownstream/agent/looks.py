"""How windows and terminals look: the window manager's theme and the X toolkit's resources."""

from collections.abc import Mapping

THEME = "ownstream"

# Light and flat, as the page around it is; buttons are the window manager's own.
THEME_TEXT = """border.width: 1
padding.width: 8
padding.height: 5
window.handle.width: 0
window.client.padding.width: 0
window.label.text.justify: center
window.active.border.color: #9fb0bb
window.inactive.border.color: #c3ced5
window.*.client.color: #ffffff
window.*.title.bg: Flat Solid
window.active.title.bg.color: #cfdbe2
window.inactive.title.bg.color: #eef2f4
window.*.title.separator.color: #c3ced5
window.*.label.bg: Parentrelative
window.active.label.text.color: #16202a
window.inactive.label.text.color: #5b6b76
window.*.button.*.bg: Flat Solid
window.active.button.*.bg.color: #cfdbe2
window.inactive.button.*.bg.color: #eef2f4
window.*.button.hover.bg.color: #b4c4cd
window.*.button.pressed.bg.color: #9fb0bb
window.active.button.*.image.color: #33475b
window.inactive.button.*.image.color: #7b8a95
menu.border.width: 1
menu.border.color: #9fb0bb
menu.overlap: 0
menu.items.bg: Flat Solid
menu.items.bg.color: #ffffff
menu.items.text.color: #16202a
menu.items.disabled.text.color: #7b8a95
menu.items.active.bg: Flat Solid
menu.items.active.bg.color: #d7ece8
menu.items.active.text.color: #16202a
menu.title.bg: Flat Solid
menu.title.bg.color: #eef2f4
menu.title.text.color: #16202a
menu.separator.color: #c3ced5
osd.border.width: 1
osd.border.color: #9fb0bb
osd.bg: Flat Solid
osd.bg.color: #ffffff
osd.label.bg: Flat Solid
osd.label.bg.color: #ffffff
osd.label.text.color: #16202a
osd.hilight.bg: Flat Solid
osd.hilight.bg.color: #d7ece8
"""

_TERMINALS = ("XTerm", "UXTerm")
# Without these xterm draws with bitmaps of 6 by 13, in which much of Unicode is missing.
_TERMINAL: Mapping[str, str] = {
    "waitForWM": "false",
    "VT100.faceName": "DejaVu Sans Mono",
    "VT100.faceSize": "11",
    "VT100.internalBorder": "8",
    "VT100.saveLines": "5000",
    "VT100.background": "#1b252e",
    "VT100.foreground": "#e6edf3",
    "VT100.cursorColor": "#e6edf3",
}
_PALETTE = (
    *("#33475b", "#f47067", "#57ab5a", "#c69026", "#6cb6ff", "#b083f0", "#39c5cf", "#c3ced5"),
    *("#768390", "#ff938a", "#6bc46d", "#daaa3f", "#96d0ff", "#dcbdfb", "#56d4dd", "#ffffff"),
)


def resources(dpi: int) -> str:
    """What applications of the X toolkit read at their start; text is drawn for this density."""
    colours = {f"VT100.color{number}": colour for number, colour in enumerate(_PALETTE)}
    look = {
        f"{terminal}*{name}": value
        for terminal in _TERMINALS
        for name, value in {**_TERMINAL, **colours}.items()
    }
    return "".join(f"{name}:\t{value}\n" for name, value in {"Xft.dpi": str(dpi), **look}.items())
