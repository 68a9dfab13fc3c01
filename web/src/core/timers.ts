/** Time as the client sees it; tests turn it by hand. */

export type Cancel = () => void;

export interface Timers {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Runs `action` once after this many milliseconds unless it is cancelled before. */
  after(delay_ms: number, action: () => void): Cancel;
}

export const realTimers: Timers = {
  now: () => performance.now(),
  after: (delay_ms, action) => {
    const timer = setTimeout(action, delay_ms);
    return () => {
      clearTimeout(timer);
    };
  },
};
