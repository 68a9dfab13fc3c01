/** Measures the round trip to the agent, and finds out that a connection is dead. */

import type { Cancel, Timers } from "./timers";

export interface HeartbeatOptions {
  readonly timers: Timers;
  readonly ping: (sent: number) => void;
  readonly measured: (round_trip_ms: number) => void;
  /** Nothing at all came for long after a ping. */
  readonly stalled: () => void;
}

const INTERVAL_MS = 2000;
const STALL_MS = 15_000;

export class Heartbeat {
  private readonly options: HeartbeatOptions;
  private cancel: Cancel | null = null;
  private unanswered_since: number | null = null;

  constructor(options: HeartbeatOptions) {
    this.options = options;
  }

  start(): void {
    this.stop();
    this.beat();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
    this.unanswered_since = null;
  }

  /** Any message is a sign of life. */
  heard(): void {
    this.unanswered_since = null;
  }

  /** A ping that was sent at this time has come back. */
  pong(sent: number): void {
    this.options.measured(this.options.timers.now() - sent);
  }

  private beat(): void {
    const now = this.options.timers.now();
    if (this.unanswered_since !== null && now - this.unanswered_since >= STALL_MS) {
      this.stop();
      this.options.stalled();
      return;
    }
    this.unanswered_since ??= now;
    this.options.ping(now);
    this.cancel = this.options.timers.after(INTERVAL_MS, () => {
      this.beat();
    });
  }
}
