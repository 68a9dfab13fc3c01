/** Measures the round trip to the agent, and finds out that a connection is dead. */

import type { Cancel, Timers } from "./timers";

export interface HeartbeatOptions {
  readonly timers: Timers;
  readonly ping: (sent: number) => void;
  readonly measured: (round_trip_ms: number) => void;
  /** Nothing at all came for too long after a ping. */
  readonly stalled: () => void;
}

/** How often it beats while there is traffic, for so long after it, and at rest. */
const INTERVAL_MS = 2000;
const LIVELY_MS = 5000;
const REST_INTERVAL_MS = 30_000;

/** What the user does is followed by a ping; so many a second are enough. */
const SHORTEST_INTERVAL_MS = 250;

/** How long silence may last: while nobody waits, while the user does, and after a sleep. */
const SILENCE_MS = 15_000;
const PATIENCE_MS = 3000;
const WAKE_MS = 1000;

/** A timer that fires so late was held up with the page: what has come meanwhile is heard first. */
const LATE_MS = 250;

export class Heartbeat {
  private readonly options: HeartbeatOptions;
  private isBeating = false;
  private cancelBeat: Cancel = () => undefined;
  private cancelDeadline: Cancel = () => undefined;
  private due_at = Number.POSITIVE_INFINITY;
  private deadline_at = Number.POSITIVE_INFINITY;
  private pinged_at = Number.NEGATIVE_INFINITY;
  private traffic_at = Number.NEGATIVE_INFINITY;
  private isAwaited = false;
  /** Grows with each stall, for a link may be slow and not dead, until one proves to be quick. */
  private patience_ms = PATIENCE_MS;

  constructor(options: HeartbeatOptions) {
    this.options = options;
  }

  start(): void {
    this.stop();
    this.isBeating = true;
    this.traffic_at = this.options.timers.now();
    this.beat();
  }

  stop(): void {
    this.isBeating = false;
    this.isAwaited = false;
    this.cancelBeat();
    this.due_at = Number.POSITIVE_INFINITY;
    this.forgive();
  }

  /** Any message is a sign of life; only one that is more than a PONG is traffic. */
  heard(message: { readonly isTraffic: boolean }): void {
    this.isAwaited = false;
    this.forgive();
    if (message.isTraffic) this.stir(INTERVAL_MS);
  }

  /** The user has done something, and waits for what comes of it. */
  acted(): void {
    this.isAwaited = true;
    this.stir(SHORTEST_INTERVAL_MS);
  }

  /** The page may have slept, and the connection may have died meanwhile. */
  woke(): void {
    if (!this.isBeating) return;
    this.beat();
    this.expectWithin(WAKE_MS);
  }

  /** A ping that was sent at this time has come back. */
  pong(sent: number): void {
    const round_trip_ms = this.options.timers.now() - sent;
    if (round_trip_ms < PATIENCE_MS / 2) this.patience_ms = PATIENCE_MS;
    this.options.measured(round_trip_ms);
  }

  /** There is traffic: the next beat comes no later than so long after the last. */
  private stir(gap_ms: number): void {
    if (!this.isBeating) return;
    const now = this.options.timers.now();
    this.traffic_at = now;
    const at = this.pinged_at + gap_ms;
    if (at <= now) this.beat();
    else if (at < this.due_at) this.beatAt(at);
  }

  private beat(): void {
    const now = this.options.timers.now();
    this.pinged_at = now;
    this.options.ping(now);
    this.expectWithin(this.isAwaited ? this.patience_ms : SILENCE_MS);
    const isLively = now - this.traffic_at < LIVELY_MS;
    this.beatAt(now + (isLively ? INTERVAL_MS : REST_INTERVAL_MS));
  }

  private beatAt(at: number): void {
    const { timers } = this.options;
    this.cancelBeat();
    this.due_at = at;
    this.cancelBeat = timers.after(at - timers.now(), () => {
      this.beat();
    });
  }

  private expectWithin(duration_ms: number): void {
    const { timers } = this.options;
    const at = timers.now() + duration_ms;
    if (at >= this.deadline_at) return;
    this.forgive();
    this.deadline_at = at;
    this.cancelDeadline = timers.after(duration_ms, () => {
      this.miss();
    });
  }

  private forgive(): void {
    this.cancelDeadline();
    this.deadline_at = Number.POSITIVE_INFINITY;
  }

  private miss(): void {
    const isLate = this.options.timers.now() > this.deadline_at + LATE_MS;
    this.forgive();
    if (isLate) {
      this.expectWithin(LATE_MS);
      return;
    }
    if (this.isAwaited) this.patience_ms = Math.min(2 * this.patience_ms, SILENCE_MS);
    this.stop();
    this.options.stalled();
  }
}
