/** Round trip and bandwidth in the toolbar, in so few characters that they can be read at a glance. */

import type { Measures } from "../core/vitals";
import { element } from "./dom";

/** Round trips up to which a session feels immediate, and bearable. */
const QUICK_MS = 60;
const BEARABLE_MS = 160;

export class Readout {
  readonly element = element("div", { class: "readout", hidden: "" });
  private readonly latency = element("span", { class: "latency" });
  private readonly bandwidth = element("span", { class: "bandwidth" });
  private measures: Measures | null = null;
  private isWanted = true;

  constructor() {
    this.element.append(this.latency, this.bandwidth);
  }

  /** Shows these measures; nothing with null. */
  show(measures: Measures | null): void {
    this.measures = measures;
    this.render();
  }

  want(isWanted: boolean): void {
    this.isWanted = isWanted;
    this.render();
  }

  private render(): void {
    this.element.hidden = this.measures === null || !this.isWanted;
    if (this.measures === null) return;
    const { round_trip_ms, bits_per_s, response_ms } = this.measures;
    this.latency.textContent = milliseconds(round_trip_ms);
    this.bandwidth.textContent = megabits(bits_per_s);
    this.element.dataset.grade = grade(round_trip_ms);
    const response = response_ms === null ? "" : `, input to picture: ${milliseconds(response_ms)}`;
    this.element.title = `Round trip to the application: ${milliseconds(round_trip_ms)}${response}`;
  }
}

export function milliseconds(duration_ms: number): string {
  return `${Math.max(1, Math.round(duration_ms))} ms`;
}

/** With two digits or more: typing takes some hundredths, a film tens. */
export function megabits(bits_per_s: number): string {
  const megabits_per_s = bits_per_s / 1e6;
  const small = megabits_per_s < 0.095 ? 2 : 1;
  return `${megabits_per_s.toFixed(megabits_per_s < 9.95 ? small : 0)} Mbit/s`;
}

function grade(round_trip_ms: number): string {
  if (round_trip_ms <= QUICK_MS) return "quick";
  return round_trip_ms <= BEARABLE_MS ? "bearable" : "slow";
}
