/** My Files: a dialog that shows the session's folders, and what can be done with what is in them. */

import { Unreachable } from "../core/asking";
import { FilesRefusal, type Entry, type Files, type Listing, type Path } from "../core/files";
import type { Cancel, Timers } from "../core/timers";
import type { Uploads } from "../core/uploads";
import { askName } from "./ask-name";
import { confirm } from "./confirm";
import { button, element, iconButton } from "./dom";
import { FilesBar, type FilesRights } from "./files-bar";
import { FilesList, type Act } from "./files-list";
import { HOME, TEMPORARY, itemsText, label, note } from "./files-texts";
import { FilesTransfers } from "./files-transfers";
import { leave, whenClosed } from "./modal";

export interface FilesDialogOptions {
  readonly files: Files;
  readonly uploads: Uploads;
  readonly timers: Timers;
  /** The user has chosen files for the folder that is shown. */
  readonly chosen: (files: FileList) => void;
  readonly closed: () => void;
}

/** Applications save files meanwhile. */
const LOOK_AGAIN_MS = 4000;

const UNSEEN = "have names that cannot be shown";
const MORE = "There are more than can be shown here.";

export class FilesDialog {
  readonly element: HTMLDialogElement;
  private readonly options: FilesDialogOptions;
  private readonly bar: FilesBar;
  private readonly list: FilesList;
  private readonly transfers: FilesTransfers;
  private readonly status = element("p", { class: "files-status", role: "status" });
  private readonly trouble = element("p", { class: "files-trouble", role: "alert", hidden: "" });
  private rights: FilesRights = { upload: false, download: false };
  private home = "";
  private path: Path = [];
  private listing: Listing | null = null;
  private looks = 0;
  private cancelLook: Cancel = () => undefined;

  constructor(options: FilesDialogOptions) {
    this.options = options;
    this.list = new FilesList((act, entry) => {
      void this.act(act, entry);
    });
    this.transfers = new FilesTransfers(options.uploads);
    this.bar = new FilesBar({
      opened: (path) => {
        void this.go(path);
      },
      chosen: options.chosen,
      newFolder: () => {
        void this.makeFolder();
      },
    });
    const close = iconButton({
      label: "Close My Files",
      icon: "close",
      action: () => {
        this.close();
      },
    });
    const head = element("header", {}, element("h1", { id: "files-title" }, "My Files"), close);
    const scroll = element("div", { class: "files-scroll" }, this.list.element, this.status);
    const parts = [head, this.bar.element, this.trouble, scroll, this.transfers.element];
    const attributes = { class: "files", "aria-labelledby": "files-title" };
    this.element = element("dialog", attributes, ...parts);
    whenClosed(this.element, () => {
      this.cancelLook();
      options.closed();
    });
  }

  get isOpen(): boolean {
    return this.element.open;
  }

  /** Where uploads go. */
  get folder(): Path {
    if (this.path.length > 0) return this.path;
    const names = this.listing?.entries.map(({ name }) => name) ?? [];
    return [names.includes(HOME) ? HOME : TEMPORARY];
  }

  allow(rights: FilesRights): void {
    this.rights = rights;
    this.render();
  }

  /** The home folder stands so now, by the agent's word. */
  homeStands(home: string): void {
    this.home = home;
    this.render();
  }

  open(): void {
    if (this.isOpen) return;
    this.element.showModal();
    this.showTransfers();
    void this.go(this.path);
  }

  close(): void {
    leave(this.element);
  }

  /** The uploads have moved on. */
  showTransfers(): void {
    this.transfers.show();
  }

  /** Shows this folder as it is now; the temporary one at once if there is no other. */
  async go(path: Path): Promise<void> {
    this.path = path;
    this.listing = null;
    this.say("");
    this.render();
    await this.look();
    const [only, ...others] = this.entries();
    if (path.length === 0 && only?.name === TEMPORARY && others.length === 0) {
      await this.go([TEMPORARY]);
      return;
    }
    if (!this.element.matches(":focus-within") || document.activeElement === this.element) {
      if (!this.list.focusFirst()) this.bar.focus();
    }
  }

  /** Asks for the folder, and again after a while as long as the dialog is open. */
  async look(): Promise<void> {
    this.cancelLook();
    this.looks += 1;
    const { looks, path } = this;
    try {
      const listing = await this.options.files.list(path);
      if (looks !== this.looks) return;
      if (JSON.stringify(listing) !== JSON.stringify(this.listing)) this.listing = listing;
      if (this.trouble.dataset.of === "list") this.say("");
      this.render();
    } catch (error) {
      if (looks !== this.looks) return;
      this.say(words(error), "list");
      if (error instanceof FilesRefusal && error.code === "not_found" && path.length > 1) {
        await this.go(path.slice(0, -1));
        return;
      }
    }
    if (!this.isOpen) return;
    this.cancelLook = this.options.timers.after(LOOK_AGAIN_MS, () => {
      void this.look();
    });
  }

  private entries(): readonly Entry[] {
    return this.listing?.entries ?? [];
  }

  private render(): void {
    const isInside = this.path.length > 0;
    this.bar.show(this.path, { ...this.rights, upload: this.rights.upload && isInside });
    const rights = { download: this.rights.download, change: this.rights.upload && isInside };
    this.list.show(this.entries(), rights, ({ name }) => label([...this.path, name]));
    this.status.textContent = this.statusText();
  }

  private statusText(): string {
    if (this.listing === null) return "";
    const { entries, unseen, more } = this.listing;
    const parts = [itemsText(entries.length), note(this.path, this.home)];
    if (unseen > 0) parts.push(`${unseen} ${UNSEEN}.`);
    if (more) parts.push(MORE);
    return parts.filter((part) => part !== "").join(" ");
  }

  private async act(act: Act, entry: Entry): Promise<void> {
    const path = [...this.path, entry.name];
    switch (act) {
      case "open":
        await this.go(path);
        break;
      case "download":
        await this.attempt(() => this.download(path));
        break;
      case "rename":
        await this.rename(path);
        break;
      case "remove":
        await this.remove(path, entry);
        break;
    }
  }

  /** The browser downloads by itself: it shows how far it is, and goes on after a cut. */
  private async download(path: Path): Promise<void> {
    const { files } = this.options;
    await files.check(path);
    element("a", { href: files.address(path), download: path.at(-1) ?? "" }).click();
  }

  private async makeFolder(): Promise<void> {
    const title = `New folder in ${label(this.path)}`;
    const question = { title, label: "Name", value: "", yes: "Make folder" };
    const name = await askName(question);
    if (name === null) return;
    await this.attempt(() => this.options.files.makeFolder([...this.path, name]));
  }

  private async rename(path: Path): Promise<void> {
    const before = path.at(-1) ?? "";
    const question = { title: "Rename", label: "New name", value: before, yes: "Rename" };
    const name = await askName(question);
    if (name === null || name === before) return;
    await this.attempt(() => this.options.files.rename(path, name));
  }

  private async remove(path: Path, entry: Entry): Promise<void> {
    const isSure = await confirm({
      title: `Delete ${entry.name}?`,
      text: entry.kind === "folder" ? "All that is in it is deleted, too." : "It is not kept anywhere.",
      yes: "Delete",
      no: "Keep",
    });
    if (isSure) await this.attempt(() => this.options.files.remove(path));
  }

  /** Does it, says what went wrong, and shows what came of it. */
  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.say("");
    } catch (error) {
      this.say(words(error));
    }
    await this.look();
  }

  private say(trouble: string, of = ""): void {
    this.trouble.dataset.of = of;
    this.trouble.hidden = trouble === "";
    this.trouble.replaceChildren(trouble);
    if (of !== "list" || trouble === "") return;
    const again = (): void => {
      void this.look();
    };
    this.trouble.append(button({ label: "Try again", class: "button quiet", action: again }));
  }
}

function words(error: unknown): string {
  if (error instanceof FilesRefusal || error instanceof Unreachable) return error.message;
  throw error;
}
