/** How well the session does: round trip, bandwidth, time from input to picture; and whether it lives. */

import { Heartbeat } from "./heartbeat";
import type { Timers } from "./timers";

export interface Measures {
  readonly round_trip_ms: number;
  /** What has been received since the measures before these. */
  readonly bits_per_s: number;
  /** From a key or button to the next frame that was drawn, the median of the last; null: none yet. */
  readonly response_ms: number | null;
}

export interface VitalsOptions {
  readonly timers: Timers;
  readonly ping: (sent: number) => void;
  readonly measured: (measures: Measures) => void;
  readonly stalled: () => void;
}

export class Vitals {
  private readonly heartbeat: Heartbeat;
  private readonly traffic: Traffic;
  private readonly response = new Response();
  private readonly timers: Timers;

  constructor({ timers, ping, measured, stalled }: VitalsOptions) {
    this.timers = timers;
    this.traffic = new Traffic(timers.now());
    this.heartbeat = new Heartbeat({
      timers,
      ping,
      stalled,
      measured: (round_trip_ms) => {
        const bits_per_s = this.traffic.take(timers.now());
        measured({ round_trip_ms, bits_per_s, response_ms: this.response.median_ms });
      },
    });
  }

  opened(): void {
    this.response.forget();
    this.traffic.take(this.timers.now());
    this.heartbeat.start();
  }

  lost(): void {
    this.heartbeat.stop();
  }

  /** A message of so many bytes has come. */
  heard(bytes: number, { isPong }: { readonly isPong: boolean }): void {
    this.traffic.count(bytes);
    this.heartbeat.heard({ isTraffic: !isPong });
  }

  ponged(sent: number): void {
    this.heartbeat.pong(sent);
  }

  /** Something of the user's has been sent. */
  acted(): void {
    this.heartbeat.acted();
  }

  /** A key or button has been pressed, of which something should be seen. */
  struck(): void {
    this.response.struck(this.timers.now());
    this.heartbeat.acted();
  }

  drawn(): void {
    this.response.drawn(this.timers.now());
  }

  woke(): void {
    this.heartbeat.woke();
  }
}

class Traffic {
  private bytes = 0;
  private since: number;

  constructor(now: number) {
    this.since = now;
  }

  count(bytes: number): void {
    this.bytes += bytes;
  }

  /** Bits per second since this was last asked. */
  take(now: number): number {
    const elapsed_ms = now - this.since;
    const rate = elapsed_ms > 0 ? (this.bytes * 8000) / elapsed_ms : 0;
    this.bytes = 0;
    this.since = now;
    return rate;
  }
}

/** What is not drawn by then did not come of the key. */
const LONGEST_MS = 2000;
const REMEMBERED = 15;

class Response {
  private readonly times_ms: number[] = [];
  private struck_at: number | null = null;

  get median_ms(): number | null {
    const sorted = [...this.times_ms].sort((one, other) => one - other);
    return sorted[Math.floor(sorted.length / 2)] ?? null;
  }

  struck(now: number): void {
    if (this.struck_at === null || now - this.struck_at > LONGEST_MS) this.struck_at = now;
  }

  drawn(now: number): void {
    if (this.struck_at === null) return;
    const time_ms = now - this.struck_at;
    this.struck_at = null;
    if (time_ms > LONGEST_MS) return;
    this.times_ms.push(time_ms);
    if (this.times_ms.length > REMEMBERED) this.times_ms.shift();
  }

  forget(): void {
    this.struck_at = null;
  }
}
