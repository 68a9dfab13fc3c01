/** Short messages over the stage: notices that pass, and one warning that stays. */

import type { Cancel, Timers } from "../core/timers";
import { element, icon, iconButton } from "./dom";

const PASSING_MS = 7000;
const MOST = 4;

export class Toasts {
  readonly element = element("div", { class: "toasts", role: "log", "aria-live": "polite" });
  private readonly timers: Timers;
  private readonly dismissed: () => void;
  private warning: HTMLElement | null = null;
  private cancelCountdown: Cancel = () => undefined;

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

  /** Shows the warning, and how long it still is until then; an empty one takes it away. */
  warn({ warning, seconds }: { readonly warning: string; readonly seconds: number }): void {
    this.cancelCountdown();
    this.warning?.remove();
    this.warning = warning === "" ? null : this.toast("toast warning", warning);
    // Read aloud once, and not again at every second.
    const left = element("span", { class: "countdown", role: "timer" });
    this.warning?.prepend(icon("warning"));
    this.warning?.querySelector("button")?.before(left);
    if (warning !== "") this.count(left, this.timers.now() + seconds * 1000);
  }

  /** Shows every second how long it is until then. */
  private count(left: HTMLElement, until: number): void {
    const rest_ms = Math.max(0, until - this.timers.now());
    left.textContent = minutesAndSeconds(rest_ms / 1000);
    if (rest_ms === 0) return;
    this.cancelCountdown = this.timers.after(rest_ms % 1000 || 1000, () => {
      this.count(left, until);
    });
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

function minutesAndSeconds(duration_s: number): string {
  const whole = Math.round(duration_s);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
