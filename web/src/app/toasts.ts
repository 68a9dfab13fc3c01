/** Short messages over the stage: notices that pass, and one warning that stays. */

import type { Timers } from "../core/timers";
import { element, icon, iconButton } from "./dom";

const PASSING_MS = 7000;
const MOST = 4;

export class Toasts {
  readonly element = element("div", { class: "toasts", role: "log", "aria-live": "polite" });
  private readonly timers: Timers;
  private readonly dismissed: () => void;
  private warning: HTMLElement | null = null;

  /** `dismissed` is called when the user has closed a message. */
  constructor(timers: Timers, dismissed: () => void) {
    this.timers = timers;
    this.dismissed = dismissed;
  }

  /** Shows a notice for some seconds; what it answers takes it away sooner. */
  notice(text: string): () => void {
    const toast = this.toast("toast", text);
    this.timers.after(PASSING_MS, () => {
      toast.remove();
    });
    const notices = this.element.querySelectorAll(".toast:not(.warning)");
    if (notices.length > MOST) notices[0]?.remove();
    return () => {
      toast.remove();
    };
  }

  /** Shows the warning until another comes; an empty one takes it away. */
  warn(text: string): void {
    this.warning?.remove();
    this.warning = text === "" ? null : this.toast("toast warning", text);
    this.warning?.prepend(icon("warning"));
  }

  private toast(className: string, text: string): HTMLElement {
    const toast = element("div", { class: className }, element("span", {}, text));
    const close = iconButton({
      label: "Dismiss",
      icon: "close",
      action: () => {
        toast.remove();
        this.dismissed();
      },
    });
    toast.append(close);
    this.element.append(toast);
    return toast;
  }
}
