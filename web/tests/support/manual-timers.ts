/** Time that passes when the test says so. */

import type { Cancel, Timers } from "../../src/core/timers";

interface Due {
  readonly at: number;
  readonly action: () => void;
}

export class ManualTimers implements Timers {
  private time = 0;
  private readonly waiting = new Set<Due>();

  now(): number {
    return this.time;
  }

  after(delay_ms: number, action: () => void): Cancel {
    const due = { at: this.time + delay_ms, action };
    this.waiting.add(due);
    return () => {
      this.waiting.delete(due);
    };
  }

  /** Lets so much time pass, and runs what falls due on the way, in order. */
  pass(duration_ms: number): void {
    const until = this.time + duration_ms;
    for (let next = this.next(until); next !== undefined; next = this.next(until)) {
      this.waiting.delete(next);
      this.time = next.at;
      next.action();
    }
    this.time = until;
  }

  /** Lets so much time pass in which nothing runs; then everything that is overdue does, late. */
  sleep(duration_ms: number): void {
    this.time += duration_ms;
    const overdue = [...this.waiting].filter(({ at }) => at <= this.time);
    for (const due of overdue) {
      if (this.waiting.delete(due)) due.action();
    }
  }

  private next(until: number): Due | undefined {
    const due = [...this.waiting].filter(({ at }) => at <= until);
    return due.sort((one, other) => one.at - other.at)[0];
  }
}
