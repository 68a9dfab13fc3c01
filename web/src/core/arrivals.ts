/** When pictures came, until they are shown: the agent wants to know what the page takes of the time. */

import type { Timers } from "./timers";

export class Arrivals {
  private readonly timers: Timers;
  private readonly times = new Map<number, number>();

  constructor(timers: Timers) {
    this.timers = timers;
  }

  note(picture: number): void {
    this.times.set(picture, this.timers.now());
  }

  /** Milliseconds since this picture came, which is asked once; 0 if it never did. */
  elapsed_ms(picture: number): number {
    const now = this.timers.now();
    const at = this.times.get(picture) ?? now;
    this.times.delete(picture);
    return now - at;
  }

  forget(): void {
    this.times.clear();
  }
}
