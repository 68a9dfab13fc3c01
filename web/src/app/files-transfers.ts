/** The uploads of the session: how each stands, and a way to call it off. */

import type { Upload, Uploads } from "../core/uploads";
import { button, element, iconButton } from "./dom";
import { filesText, label, progressText } from "./files-texts";

/** As many rows as are shown at once; of thousands of files the rest is counted. */
const MOST_ROWS = 50;

interface Row {
  readonly element: HTMLElement;
  readonly progress: HTMLProgressElement;
  readonly text: HTMLElement;
  readonly cancel: HTMLButtonElement;
}

export class FilesTransfers {
  readonly element: HTMLElement;
  private readonly uploads: Uploads;
  private readonly summary = element("h2", { id: "files-transfers" });
  private readonly list = element("ul");
  private readonly clear: HTMLButtonElement;
  private readonly rows = new Map<Upload, Row>();

  constructor(uploads: Uploads) {
    this.uploads = uploads;
    this.clear = button({
      label: "Clear",
      class: "button quiet",
      action: () => {
        uploads.clear();
      },
    });
    const head = element("header", {}, this.summary, this.clear);
    const attributes = { class: "files-transfers", "aria-labelledby": "files-transfers" };
    this.element = element("section", { ...attributes, hidden: "" }, head, this.list);
  }

  /** Shows the uploads as they are now: what moves or has failed before what waits or is done. */
  show(): void {
    const all = this.uploads.all;
    this.element.hidden = all.length === 0;
    this.summary.textContent = summary(all);
    this.clear.hidden = !all.some((upload) => upload.isOver());
    const shown = [...all].sort(byInterest).slice(0, MOST_ROWS);
    for (const [upload, row] of this.rows) {
      if (shown.includes(upload)) continue;
      row.element.remove();
      this.rows.delete(upload);
    }
    shown.forEach((upload, index) => {
      const row = this.rows.get(upload) ?? this.row(upload);
      this.rows.set(upload, row);
      render(row, upload);
      const before = this.list.children[index];
      if (before !== row.element) this.list.insertBefore(row.element, before ?? null);
    });
  }

  private row(upload: Upload): Row {
    const { path } = upload.source;
    const name = path.at(-1) ?? "";
    const cancel = iconButton({
      label: `Cancel the upload of ${name}`,
      icon: "close",
      action: () => {
        this.uploads.cancel(upload);
      },
    });
    const place = element("span", { class: "place" }, `to ${label(path.slice(0, -1))}`);
    const title = element("span", { class: "name", dir: "auto" }, name);
    const progress = element("progress", { "aria-label": `Upload of ${name}` });
    const text = element("span", { class: "text" });
    const lines = element("div", {}, title, place, progress, text);
    return { element: element("li", {}, lines, cancel), progress, text, cancel };
  }
}

function render(row: Row, upload: Upload): void {
  row.element.dataset.state = upload.state;
  row.text.textContent = progressText(upload);
  row.cancel.hidden = upload.isOver();
  row.progress.hidden = upload.isOver();
  row.progress.max = Math.max(1, upload.size_bytes);
  row.progress.value = upload.sent_bytes;
}

function summary(all: readonly Upload[]): string {
  const done = all.filter(({ state }) => state === "done").length;
  const failed = all.filter(({ state }) => state === "failed").length;
  const text = `Uploaded ${done} of ${filesText(all.length)}`;
  return failed === 0 ? text : `${text}, ${failed} failed`;
}

const INTEREST: Readonly<Record<Upload["state"], number>> = {
  failed: 0,
  moving: 1,
  paused: 1,
  waiting: 2,
  done: 3,
  cancelled: 3,
};

function byInterest(one: Upload, other: Upload): number {
  return INTEREST[one.state] - INTEREST[other.state];
}
