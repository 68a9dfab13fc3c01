"""The window of the Image Assistant: the command's operations, for who would rather see them."""

from __future__ import annotations

import os
import queue
import shlex
import sys
import threading

from . import catalog, icons, making

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

try:
    import tkinter as tk
    from tkinter import filedialog, messagebox, ttk
except ImportError:
    sys.exit("The window needs the package python3-tk; `image-assistant help` needs nothing.")

TITLE = "Image Assistant"
GAP = 8
LOOK_EVERY_MS = 100
CREATED = "The image is being made. This image builder stops, and your session ends."
FIELDS = (
    ("path", "Program"),
    ("name", "Name"),
    ("display", "Display name"),
    ("parameters", "Parameters"),
    ("directory", "Starts in"),
    ("icon", "Icon"),
)


def run() -> None:
    """The window, until it is closed."""
    root = tk.Tk(className="image-assistant")
    root.title(TITLE)
    root.minsize(640, 480)
    Assistant(root).pack(fill="both", expand=True, padx=GAP, pady=GAP)
    root.mainloop()


class Assistant(ttk.Frame):
    """The catalog, the default profile and the image, from top to bottom."""

    def __init__(self, root: tk.Tk) -> None:
        super().__init__(root)
        self._answers: queue.Queue[Mapping[str, Any]] = queue.Queue()
        self._values = {name: tk.StringVar() for name in ("name", "display", "description")}
        self._said = tk.StringVar(value="Add the applications that the image is to offer.")
        self._list = self._make_list()
        self._first = self._make_form()
        ttk.Label(self, textvariable=self._said, wraplength=600).pack(fill="x", pady=GAP)
        root.bind("<Control-n>", lambda _: self._add())
        root.bind("<Delete>", lambda _: self._remove())
        self._show()
        self._first.focus_set()

    def _make_list(self) -> ttk.Treeview:
        ttk.Label(self, text="Applications of the image").pack(anchor="w")
        shown = ttk.Treeview(self, columns=("display", "path"), height=8)
        for column, words in (("#0", "Name"), ("display", "Display name"), ("path", "Program")):
            shown.heading(column, text=words, anchor="w")
        shown.pack(fill="both", expand=True)
        row = ttk.Frame(self)
        row.pack(fill="x", pady=GAP)
        words = "Use my settings for new users"
        for text, work in (
            ("Add… (Ctrl+N)", self._add),
            ("Remove", self._remove),
            (words, self._update_profile),
        ):
            ttk.Button(row, text=text, command=work).pack(side="left", padx=(0, GAP))
        return shown

    def _make_form(self) -> ttk.Entry:
        form = ttk.LabelFrame(self, text="Image")
        form.pack(fill="x")
        form.columnconfigure(1, weight=1)
        entries = [
            _field(form, at, words, self._values[name])
            for at, (name, words) in enumerate(
                (("name", "Name"), ("display", "Display name"), ("description", "Description"))
            )
        ]
        for entry in entries:
            entry.bind("<Return>", lambda _: self._create())
        row = ttk.Frame(form)
        row.grid(row=3, column=1, sticky="e", pady=GAP)
        ttk.Button(row, text="Check", command=lambda: self._ask(dry_run=True)).pack(side="left")
        ttk.Button(row, text="Create image", command=self._create).pack(side="left", padx=GAP)
        return entries[0]

    def _show(self) -> None:
        self._list.delete(*self._list.get_children())
        for entry in catalog.applications():
            values = (entry.get("DisplayName", ""), entry["AbsoluteAppPath"])
            self._list.insert("", "end", iid=entry["Name"], text=entry["Name"], values=values)

    def _add(self) -> None:
        Adding(self, self._added)

    def _added(self, name: str) -> None:
        self._show()
        self._said.set(f"{name} has been added.")
        self._first.focus_set()

    def _remove(self) -> None:
        for name in self._list.selection():
            self._try(lambda name=name: catalog.remove(name), f"{name} has been removed.")
        self._show()

    def _update_profile(self) -> None:
        words = "New users of the image will begin with the settings that you have now."
        self._try(making.update_default_profile, words)

    def _try(self, work: Callable[[], None], words: str) -> None:
        try:
            work()
        except (catalog.Refused, OSError) as error:
            return self._said.set(str(error))
        return self._said.set(words)

    def _create(self) -> None:
        name = self._values["name"].get()
        question = f"Make the image {name}? This image builder is stopped while it is made."
        if name and messagebox.askokcancel("Make the image", question, parent=self):
            self._ask(dry_run=False)

    def _ask(self, *, dry_run: bool) -> None:
        """The service is asked beside the window, which goes on being drawn."""
        values = {name: value.get() for name, value in self._values.items()}
        self._said.set("Asking the service…")

        def ask() -> None:
            answer = making.create_image(
                values["name"],
                display_name=values["display"],
                description=values["description"],
                tags={},
                dry_run=dry_run,
            )
            words = "The image can be made." if dry_run else CREATED
            self._answers.put({**answer, "words": words})

        threading.Thread(target=ask, daemon=True).start()
        self._look()

    def _look(self) -> None:
        try:
            answer = self._answers.get_nowait()
        except queue.Empty:
            self.after(LOOK_EVERY_MS, self._look)
            return
        self._said.set(answer["words"] if answer["status"] == 0 else answer["message"])


class Adding(tk.Toplevel):
    """The dialog of one application."""

    def __init__(self, parent: tk.Misc, added: Callable[[str], None]) -> None:
        super().__init__(parent)
        self.title("Add an application")
        self.transient(parent.winfo_toplevel())
        self._added = added
        self._values = {name: tk.StringVar() for name, _ in FIELDS}
        self._said = tk.StringVar()
        self._installed = {entry["Name"]: entry for entry in icons.installed()}
        form = ttk.Frame(self)
        form.pack(fill="both", expand=True, padx=GAP, pady=GAP)
        form.columnconfigure(1, weight=1)
        fields = [
            _field(form, at, words, self._values[name]) for at, (name, words) in enumerate(FIELDS)
        ]
        ttk.Button(form, text="Browse…", command=self._browse).grid(row=0, column=2)
        self._make_choice(form)
        ttk.Label(form, textvariable=self._said, wraplength=420).grid(row=7, column=0, columnspan=3)
        ttk.Button(form, text="Add", command=self._add).grid(row=8, column=1, sticky="e")
        ttk.Button(form, text="Cancel", command=self.destroy).grid(row=8, column=2)
        self.bind("<Return>", lambda _: self._add())
        self.bind("<Escape>", lambda _: self.destroy())
        fields[0].focus_set()

    def _make_choice(self, form: ttk.Frame) -> None:
        ttk.Label(form, text="Installed").grid(row=6, column=0, sticky="w")
        choice = ttk.Combobox(form, values=sorted(self._installed), state="readonly", takefocus=0)
        choice.grid(row=6, column=1, columnspan=2, sticky="ew")
        choice.bind("<<ComboboxSelected>>", lambda _: self._fill(choice.get()))

    def _fill(self, name: str) -> None:
        """The fields are as the desktop entry of this name has them."""
        words = [word for word in shlex.split(self._installed[name]["Exec"]) if word[:1] != "%"]
        program = words[0] if os.path.isabs(words[0]) else f"/usr/bin/{words[0]}"
        self._values["path"].set(program)
        self._values["name"].set(os.path.basename(program))
        self._values["display"].set(name)
        self._values["parameters"].set(shlex.join(words[1:]))

    def _browse(self) -> None:
        path = filedialog.askopenfilename(parent=self, initialdir="/usr/bin")
        if path:
            self._values["path"].set(path)

    def _add(self) -> None:
        values = {name: value.get().strip() for name, value in self._values.items()}
        path = values["path"]
        name = values["name"] or os.path.basename(path)
        try:
            catalog.add(
                {
                    "Name": name,
                    "DisplayName": values["display"] or catalog.display_name(path),
                    "AbsoluteAppPath": path,
                    "AbsoluteIconPath": values["icon"],
                    "WorkingDirectory": values["directory"],
                    "LaunchParameters": values["parameters"],
                }
            )
        except (catalog.Refused, OSError) as error:
            return self._said.set(str(error))
        self.destroy()
        return self._added(name)


def _field(form: tk.Misc, row: int, words: str, value: tk.StringVar) -> ttk.Entry:
    ttk.Label(form, text=words).grid(row=row, column=0, sticky="w", padx=(0, GAP))
    entry = ttk.Entry(form, textvariable=value, width=48)
    entry.grid(row=row, column=1, sticky="ew", pady=2)
    return entry
