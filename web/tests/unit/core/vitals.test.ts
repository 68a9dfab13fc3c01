/** What the session's connection is measured by. */

import { beforeEach, describe, expect, test } from "vitest";
import { Vitals, type Measures } from "../../../src/core/vitals";
import { ManualTimers } from "../../support/manual-timers";

let timers: ManualTimers;
let pings: number[];
let measures: Measures[];
let vitals: Vitals;

beforeEach(() => {
  timers = new ManualTimers();
  pings = [];
  measures = [];
  vitals = new Vitals({
    timers,
    ping: (sent) => pings.push(sent),
    measured: (measured) => measures.push(measured),
    stalled: () => undefined,
  });
  vitals.opened();
});

/** The last ping comes back now. */
function measured(): Measures | undefined {
  vitals.heard(9, { isPong: true });
  vitals.ponged(pings.at(-1) ?? 0);
  return measures.at(-1);
}

test("the bandwidth is what has come since the last measures", () => {
  timers.pass(2000);
  vitals.heard(250_000 - 9, { isPong: false });
  expect(measured()?.bits_per_s).toBe(1e6);
  timers.pass(1000);
  expect(measured()?.bits_per_s).toBe(72);
});

describe("from input to picture", () => {
  /** Presses a key of which something is drawn so much later. */
  function stroke(after_ms: number): void {
    vitals.struck();
    timers.pass(after_ms);
    vitals.drawn();
  }

  test("nothing is known before a key was pressed", () => {
    vitals.drawn();
    expect(measured()?.response_ms).toBeNull();
  });

  test("it takes the median of the last strokes", () => {
    for (const time_ms of [500, 30, 20]) stroke(time_ms);
    expect(measured()?.response_ms).toBe(30);
    for (let count = 0; count < 15; count += 1) stroke(80);
    expect(measured()?.response_ms).toBe(80);
  });

  test("it is counted from the first of several strokes to one picture", () => {
    vitals.struck();
    timers.pass(10);
    stroke(30);
    vitals.drawn();
    expect(measured()?.response_ms).toBe(40);
  });

  test("a picture long after the stroke did not come of it, nor one of another connection", () => {
    stroke(2001);
    vitals.struck();
    vitals.lost();
    vitals.opened();
    vitals.drawn();
    expect(measured()?.response_ms).toBeNull();
  });
});
