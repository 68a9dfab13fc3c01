"""An application that has copied a text without end, and gives it piece by piece."""

from typing import Any

from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.protocol import event


def main() -> None:
    display: Any = Display()
    window = display.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
    window.set_selection_owner(display.get_atom("CLIPBOARD"), X.CurrentTime)
    incremental, utf8 = display.get_atom("INCR"), display.get_atom("UTF8_STRING")
    while True:
        said = display.next_event()
        if said.type == X.SelectionRequest:
            said.requestor.change_attributes(event_mask=X.PropertyChangeMask)
            if said.target == utf8:
                said.requestor.change_property(said.property, incremental, 32, [1])
            else:
                said.requestor.change_property(said.property, Xatom.ATOM, 32, [utf8])
            kept = {name: getattr(said, name) for name in ("time", "requestor", "selection")}
            answer = event.SelectionNotify(target=said.target, property=said.property, **kept)
            said.requestor.send_event(answer)
        elif said.type == X.PropertyNotify and said.state == X.PropertyDelete:
            said.window.change_property(said.atom, utf8, 8, b"more " * 100)


if __name__ == "__main__":
    main()
