/** Files dragged over a window of the page: where they would go is shown, and what is dropped is taken. */

import { element, icon } from "./dom";

export interface FileDropEvents {
  /** What to call the place that takes files now; empty if none does. */
  place(): string;
  dropped(transfer: DataTransfer): void;
}

export class FileDrop {
  private readonly element: HTMLElement;
  private readonly events: FileDropEvents;
  private readonly text = element("span");

  constructor(events: FileDropEvents) {
    this.events = events;
    const card = element("div", { class: "drop-card" }, icon("upload"), this.text);
    // A popover lies over dialogs, too.
    this.element = element("div", { class: "drop", popover: "manual", "aria-hidden": "true" }, card);
  }

  /** Is in this document, and takes what is dropped anywhere on it, until the signal. */
  listen(page: Document, signal: AbortSignal): void {
    page.body.append(this.element);
    for (const type of ["dragenter", "dragover"] as const) {
      page.addEventListener(type, (event) => {
        this.over(event);
      }, { signal });
    }
    page.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) this.show("");
    }, { signal });
    page.addEventListener("drop", (event) => {
      this.drop(event);
    }, { signal });
    signal.addEventListener("abort", () => {
      this.element.remove();
    });
  }

  private over(event: DragEvent): void {
    const transfer = filesIn(event);
    if (transfer === null) return;
    // Without this the browser would leave the page for the file.
    event.preventDefault();
    const place = this.events.place();
    transfer.dropEffect = place === "" ? "none" : "copy";
    this.show(place);
  }

  private drop(event: DragEvent): void {
    const transfer = filesIn(event);
    if (transfer === null) return;
    event.preventDefault();
    this.show("");
    if (this.events.place() !== "") this.events.dropped(transfer);
  }

  private show(place: string): void {
    this.text.textContent = `Drop to upload to ${place}`;
    if (!this.element.isConnected) return;
    if (this.element.matches(":popover-open") !== (place !== "")) this.element.togglePopover();
  }
}

function filesIn({ dataTransfer }: DragEvent): DataTransfer | null {
  return dataTransfer?.types.includes("Files") === true ? dataTransfer : null;
}
