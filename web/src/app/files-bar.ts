/** The bar above a folder: where it is, and what can be put into it. */

import type { Path } from "../core/files";
import { button, element } from "./dom";
import { label } from "./files-texts";

/** What the session grants. */
export interface FilesRights {
  readonly upload: boolean;
  readonly download: boolean;
}

export interface FilesBarEvents {
  opened(path: Path): void;
  chosen(files: FileList): void;
  newFolder(): void;
}

export class FilesBar {
  readonly element: HTMLElement;
  private readonly events: FilesBarEvents;
  private readonly place = element("ol");
  private readonly tools: HTMLElement;

  constructor(events: FilesBarEvents) {
    this.events = events;
    const files = this.picker({ multiple: "" });
    const folder = this.picker({ webkitdirectory: "" });
    const upload = button({
      label: "Upload files",
      icon: "upload",
      class: "button primary",
      action: () => {
        files.click();
      },
    });
    const uploadFolder = button({
      label: "Upload folder",
      icon: "folderUp",
      action: () => {
        folder.click();
      },
    });
    const newFolder = button({
      label: "New folder",
      icon: "folderNew",
      action: () => {
        events.newFolder();
      },
    });
    const tools = [upload, uploadFolder, newFolder, files, folder];
    this.tools = element("div", { class: "files-tools" }, ...tools);
    const nav = element("nav", { "aria-label": "Folder" }, this.place);
    this.element = element("div", { class: "files-bar" }, nav, this.tools);
  }

  show(path: Path, rights: FilesRights): void {
    this.tools.hidden = !rights.upload;
    const steps = [[], ...path.map((_, index) => path.slice(0, index + 1))];
    this.place.replaceChildren(...steps.map((step) => this.step(step, step.length === path.length)));
  }

  /** Puts the focus on what leads out of the folder, or into it. */
  focus(): void {
    const upload = this.tools.hidden ? null : this.tools.querySelector("button");
    (upload ?? this.place.querySelector("button"))?.focus();
  }

  private step(path: Path, isHere: boolean): HTMLElement {
    if (isHere) {
      const here = element("span", { "aria-current": "page", dir: "auto" }, label(path));
      return element("li", {}, here);
    }
    const action = (): void => {
      this.events.opened(path);
    };
    return element("li", {}, button({ label: label(path), class: "link", action }));
  }

  private picker(how: Readonly<Record<string, string>>): HTMLInputElement {
    const input = element("input", { type: "file", hidden: "", ...how });
    input.addEventListener("change", () => {
      if (input.files !== null && input.files.length > 0) this.events.chosen(input.files);
      input.value = "";
    });
    return input;
  }
}
