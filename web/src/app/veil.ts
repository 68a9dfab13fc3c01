/** What lies over the stage while there is no live picture to see. */

import type { Cancel, Timers } from "../core/timers";
import { element, present } from "./dom";
import { linksOf, logoOf, themeOf } from "./theme";

export interface VeilText {
  readonly title: string;
  readonly detail: string;
  /** Said in place of `detail` when it takes long. */
  readonly patience?: string;
  /** The last picture shines through. */
  readonly isSheer?: boolean;
}

const LONG_MS = 6000;

export class Veil {
  readonly element: HTMLElement;
  private readonly timers: Timers;
  private readonly title = element("h1");
  private readonly detail = element("p");
  private shown: VeilText | null = null;
  private cancel: Cancel = () => undefined;

  constructor(timers: Timers) {
    this.timers = timers;
    const spinner = element("div", { class: "spinner", "aria-hidden": "true" });
    const card = element("div", { class: "veil-card" }, spinner, this.title, this.detail);
    const theme = themeOf(document);
    const content = present(logoOf(theme), card, linksOf(theme));
    const column = element("div", { class: "veil-column" }, ...content);
    this.element = element("div", { class: "veil", role: "status" }, column);
  }

  /** Shows this text, or lifts the veil with null. */
  show(text: VeilText | null): void {
    if (text?.title === this.shown?.title) return;
    this.cancel();
    this.shown = text;
    this.element.classList.toggle("lifted", text === null);
    if (text === null) return;
    this.element.classList.toggle("sheer", text.isSheer === true);
    this.title.textContent = text.title;
    this.detail.textContent = text.detail;
    this.cancel = this.timers.after(LONG_MS, () => {
      this.detail.textContent = text.patience ?? text.detail;
    });
  }
}
