/** How long pictures have been in the page. */

import { expect, test } from "vitest";
import { Arrivals } from "../../../src/core/arrivals";
import { ManualTimers } from "../../support/manual-timers";

test("a picture's time is from its arrival on, and is asked once", () => {
  const timers = new ManualTimers();
  const arrivals = new Arrivals(timers);
  arrivals.note(7);
  timers.pass(30);
  arrivals.note(8);
  timers.pass(5);
  expect([8, 7, 7, 9].map((picture) => arrivals.elapsed_ms(picture))).toEqual([5, 35, 0, 0]);
});

test("a lost connection's pictures do not count for the next", () => {
  const timers = new ManualTimers();
  const arrivals = new Arrivals(timers);
  arrivals.note(7);
  arrivals.forget();
  timers.pass(30);
  expect(arrivals.elapsed_ms(7)).toBe(0);
});
