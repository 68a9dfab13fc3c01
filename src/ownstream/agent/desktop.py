"""The window manager, the panel and their files, by view. Owns their texts; starts nothing.

In APP view every ordinary window fills the screen, and there is neither panel nor menu. In
DESKTOP view there are both, with the catalog's applications in them.
"""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from ownstream.agent import looks
from ownstream.agent.catalog import Application

APP, DESKTOP = "APP", "DESKTOP"
SESSION_FILE = "session.env"
WINDOW_MANAGER_FILE, MENU_FILE, PANEL_FILE = "openbox/rc.xml", "openbox/menu.xml", "panel/tint2rc"
THEME_FILE = f"themes/{looks.THEME}/openbox-3/themerc"

_FOLDER = '"$XDG_RUNTIME_DIR"/ownstream'
_PANEL_PLACES = 8
REREAD = ("openbox", "--reconfigure")  # what makes the window manager read its files anew

_RC = """<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <resistance><strength>10</strength><screen_edge_strength>20</screen_edge_strength></resistance>
  <focus><focusNew>yes</focusNew><followMouse>no</followMouse></focus>
  <placement><policy>Smart</policy><center>yes</center></placement>
  <theme>
    <name>{theme}</name><titleLayout>{title}</titleLayout><animateIconify>no</animateIconify>
    <keepBorder>yes</keepBorder>
    {fonts}
  </theme>
  <desktops><number>1</number><popupTime>0</popupTime></desktops>
  <resize><drawContents>yes</drawContents><popupShow>Never</popupShow></resize>
  <keyboard>
    <rebindOnMappingNotify>no</rebindOnMappingNotify>
    <keybind key="A-F4"><action name="Close"/></keybind>
    <keybind key="A-Tab"><action name="NextWindow"/></keybind>
    <keybind key="A-S-Tab"><action name="PreviousWindow"/></keybind>
  </keyboard>
  <mouse>
    <dragThreshold>4</dragThreshold><doubleClickTime>400</doubleClickTime>
    {mouse}
  </mouse>
  <menu>
    <file>{menu}</file><hideDelay>200</hideDelay>
    <applicationIcons>no</applicationIcons>
  </menu>
  <applications>{applications}</applications>
</openbox_config>
"""

_FONT_PLACES = ("ActiveWindow", "InactiveWindow", "MenuHeader", "MenuItem")
_FONT = "<font place={place}><name>DejaVu Sans</name><size>10</size></font>"
_FILL = '<application class="*" type="normal"><maximized>yes</maximized></application>'

_ACTIONS: Sequence[tuple[str, str, str, Sequence[str]]] = (
    ("Frame", "A-Left", "Press", ("Focus", "Raise")),
    ("Frame", "A-Left", "Drag", ("Move",)),
    ("Titlebar", "Left", "Press", ("Focus", "Raise", "Unshade")),
    ("Titlebar", "Left", "Drag", ("Move",)),
    ("Titlebar", "Left", "DoubleClick", ("ToggleMaximize",)),
    ("Top Bottom Left Right TLCorner TRCorner BLCorner BRCorner", "Left", "Drag", ("Resize",)),
    ("Client", "Left", "Press", ("Focus", "Raise")),
    ("Client", "Middle", "Press", ("Focus", "Raise")),
    ("Client", "Right", "Press", ("Focus", "Raise")),
    ("Close", "Left", "Click", ("Close",)),
    ("Maximize", "Left", "Click", ("ToggleMaximize",)),
    ("Iconify", "Left", "Click", ("Iconify",)),
)
_ROOT_MENU = (
    '<context name="Root"><mousebind button="{button}" action="Press"><action name="ShowMenu">'
    "<menu>root-menu</menu></action></mousebind></context>"
)

_PANEL = """# A panel for the catalog and the open windows
rounded = 0
border_width = 0
background_color = #16202a 100
rounded = 3
border_width = 0
background_color = #33475b 100
background_color_hover = #45607a 100
rounded = 3
border_width = 0
background_color = #0f766e 100
background_color_hover = #13877e 100
rounded = 3
border_width = 0
background_color = #16202a 100
background_color_hover = #33475b 100
panel_items = {items}:TC
panel_size = 100% 34
panel_position = bottom center horizontal
panel_padding = 4 3 4
panel_background_id = 1
panel_layer = top
strut_policy = follow_size
mouse_effects = 1
mouse_hover_icon_asb = 100 0 10
font_shadow = 0
taskbar_mode = single_desktop
taskbar_padding = 0 0 4
task_text = 1
task_icon = 0
task_maximum_size = 180 28
task_padding = 8 2 4
task_font = DejaVu Sans 9
task_font_color = #e6edf3 100
task_background_id = 2
task_active_background_id = 3
mouse_left = toggle_iconify
mouse_middle = none
mouse_right = close
time1_format = %H:%M
time1_font = DejaVu Sans 9
clock_font_color = #e6edf3 100
clock_padding = 8 0
"""
_BUTTON = """button = new
button_text = {text}
button_lclick_command = {command}
button_font = DejaVu Sans 9
button_font_color = #e6edf3 100
button_background_id = 4
button_padding = 8 4
button_centered = 1
"""


def session_file(environment: Mapping[str, str]) -> str:
    """What the launchers read before they run anything: the session's own variables."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())


def files(view: str, applications: Iterable[Application]) -> Mapping[str, str]:
    """The texts of all files that the window manager and the panel read, by their paths."""
    shown = menus(applications)
    window_manager = {
        WINDOW_MANAGER_FILE: _window_manager(view),
        MENU_FILE: shown[MENU_FILE],
        THEME_FILE: looks.THEME_TEXT,
    }
    if view != DESKTOP:
        return window_manager
    return {**window_manager, PANEL_FILE: shown[PANEL_FILE]}


def menus(applications: Iterable[Application]) -> Mapping[str, str]:
    """The texts of the menu and the panel, by their paths."""
    shown = list(applications)
    return {MENU_FILE: _menu(shown), PANEL_FILE: _panel(shown)}


def window_manager_argv() -> Sequence[str]:
    """What runs the window manager."""
    menu = f'XDG_CONFIG_DIRS={_FOLDER}:"${{XDG_CONFIG_DIRS:-/etc/xdg}}"'
    theme = f'XDG_DATA_DIRS={_FOLDER}:"${{XDG_DATA_DIRS:-/usr/local/share:/usr/share}}"'
    return _shell(
        f"{menu} {theme} exec openbox --sm-disable --config-file {_FOLDER}/{WINDOW_MANAGER_FILE}"
    )


def panel_argv() -> Sequence[str]:
    """What runs the panel."""
    return _shell(f"exec tint2 -c {_FOLDER}/{PANEL_FILE}")


def _window_manager(view: str) -> str:
    desktop = view == DESKTOP
    mouse = "".join(_mouse(*action) for action in _ACTIONS)
    if desktop:
        mouse += "".join(_ROOT_MENU.format(button=button) for button in ("Left", "Right"))
    return _RC.format(
        theme=looks.THEME,
        title="NLIMC" if desktop else "NLMC",
        fonts="".join(_FONT.format(place=quoteattr(place)) for place in _FONT_PLACES),
        mouse=mouse,
        menu="menu.xml",
        applications="" if desktop else _FILL,
    )


def _mouse(contexts: str, button: str, event: str, actions: Sequence[str]) -> str:
    done = "".join(f'<action name="{action}"/>' for action in actions)
    bind = f'<mousebind button="{button}" action="{event}">{done}</mousebind>'
    return f'<context name="{contexts}">{bind}</context>'


def _menu(applications: Sequence[Application]) -> str:
    items = "".join(
        f'<item label={quoteattr(application.display_name)}><action name="Execute">'
        f"<command>{escape(_launcher(application))}</command></action></item>"
        for application in applications
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<openbox_menu xmlns="http://openbox.org/3.4/menu">'
        f'<menu id="root-menu" label="Applications">{items}</menu></openbox_menu>\n'
    )


def _panel(applications: Sequence[Application]) -> str:
    shown = applications[:_PANEL_PLACES]
    buttons = "".join(
        _BUTTON.format(text=_one_line(entry.display_name), command=_one_line(_launcher(entry)))
        for entry in shown
    )
    return _PANEL.format(items="P" * len(shown)) + buttons


def _launcher(application: Application) -> str:
    script = f'. {_FOLDER}/{SESSION_FILE}; exec "$@"'
    return shlex.join(["sh", "-c", script, "sh", *application.argv])


def _shell(script: str) -> Sequence[str]:
    return ["/bin/sh", "-c", script]


def _one_line(text: str) -> str:
    return " ".join(text.split())
