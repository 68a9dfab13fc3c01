/** What a folder has, as a table: names that open or download, sizes, dates, and what can be done. */

import type { Entry } from "../core/files";
import { element, icon, iconButton, type Child } from "./dom";
import type { IconName } from "./icons";
import { dateText, sizeText } from "./files-texts";

/** What the user may do with what is listed. */
export interface Rights {
  readonly download: boolean;
  readonly change: boolean;
}

/** What the user wants done with an entry. */
export type Act = "open" | "download" | "rename" | "remove";

export type Chosen = (act: Act, entry: Entry) => void;

const ICONS: Readonly<Record<Entry["kind"], IconName>> = {
  folder: "files",
  file: "file",
  link: "link",
  other: "file",
};

const KINDS: Readonly<Record<Entry["kind"], string>> = {
  folder: "Folder",
  file: "",
  link: "Link",
  other: "Not a file",
};

const COLLATOR = new Intl.Collator(undefined, { numeric: true });

export class FilesList {
  readonly element: HTMLTableElement;
  private readonly chosen: Chosen;
  private readonly body = element("tbody");

  constructor(chosen: Chosen) {
    this.chosen = chosen;
    const head = ["Name", "Size", "Changed"].map((text) => element("th", { scope: "col" }, text));
    const actions = element("th", { scope: "col" }, element("span", { class: "unseen" }, "Actions"));
    const row = element("tr", {}, ...head, actions);
    this.element = element("table", { class: "files-list" }, element("thead", {}, row), this.body);
    this.body.addEventListener("keydown", (event) => {
      this.step(event);
    });
  }

  /** Shows these, folders first; the focus stays on what had it, if it is still there. */
  show(entries: readonly Entry[], rights: Rights, labelOf: (entry: Entry) => string): void {
    const focused = this.focused();
    const rows = [...entries].sort(byKindAndName).map((entry) => {
      const made = this.row(entry, rights, labelOf(entry));
      made.dataset.name = entry.name;
      return made;
    });
    this.body.replaceChildren(...rows);
    this.element.hidden = rows.length === 0;
    if (focused === null) return;
    const row = rows.find(({ dataset }) => dataset.name === focused.name);
    const controls = row?.querySelectorAll("button") ?? [];
    (controls[focused.control] ?? controls[0])?.focus();
  }

  focusFirst(): boolean {
    const first = this.body.querySelector("button");
    first?.focus();
    return first !== null;
  }

  private row(entry: Entry, rights: Rights, text: string): HTMLTableRowElement {
    const isFile = entry.kind === "file";
    const cells = [
      element("td", { class: "name" }, this.name(entry, rights, text)),
      element("td", { class: "size" }, isFile ? sizeText(entry.size_bytes) : KINDS[entry.kind]),
      element("td", { class: "date" }, dateText(entry.modified)),
      element("td", { class: "actions" }, ...this.actions(entry, rights, text)),
    ];
    return element("tr", {}, ...cells);
  }

  private name(entry: Entry, rights: Rights, text: string): HTMLElement {
    const face: readonly Child[] = [icon(ICONS[entry.kind]), element("span", { dir: "auto" }, text)];
    const can = entry.kind === "folder" || (entry.kind === "file" && rights.download);
    if (!can) return element("span", { class: "entry" }, ...face);
    const made = element("button", { type: "button", class: "entry" }, ...face);
    made.title = entry.kind === "folder" ? `Open ${text}` : `Download ${text}`;
    made.addEventListener("click", () => {
      this.chosen(entry.kind === "folder" ? "open" : "download", entry);
    });
    return made;
  }

  private actions(entry: Entry, rights: Rights, text: string): readonly HTMLElement[] {
    const tool = (label: string, act: Act & IconName): HTMLElement =>
      iconButton({
        label: `${label} ${text}`,
        icon: act,
        action: () => {
          this.chosen(act, entry);
        },
      });
    const canDownload = rights.download && entry.kind === "file";
    return [
      ...(canDownload ? [tool("Download", "download")] : []),
      ...(rights.change ? [tool("Rename", "rename"), tool("Delete", "remove")] : []),
    ];
  }

  private focused(): { readonly name: string; readonly control: number } | null {
    const row = this.body.querySelector<HTMLElement>("tr:focus-within");
    if (row === null) return null;
    const controls = [...row.querySelectorAll("button")];
    const control = controls.findIndex((each) => each === document.activeElement);
    return { name: row.dataset.name ?? "", control };
  }

  /** Arrow keys go from row to row, and stay in their column. */
  private step(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
    const row = this.body.querySelector<HTMLElement>("tr:focus-within");
    if (by === 0 || row === null) return;
    event.preventDefault();
    const { control } = this.focused() ?? { control: 0 };
    const next = by > 0 ? row.nextElementSibling : row.previousElementSibling;
    const controls = next?.querySelectorAll("button") ?? [];
    (controls[control] ?? controls[0])?.focus();
  }
}

function byKindAndName(one: Entry, other: Entry): number {
  const folders = Number(other.kind === "folder") - Number(one.kind === "folder");
  return folders === 0 ? COLLATOR.compare(one.name, other.name) : folders;
}
