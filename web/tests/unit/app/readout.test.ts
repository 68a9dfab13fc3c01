/** The connection in numbers. */

import { expect, test } from "vitest";
import { Readout, megabits, milliseconds } from "../../../src/app/readout";

const MEASURES = { round_trip_ms: 24.4, bits_per_s: 3.14e6, response_ms: 31 };

test.each([
  [0.2, "1 ms"],
  [24.6, "25 ms"],
])("%i milliseconds are %s", (duration_ms, text) => {
  expect(milliseconds(duration_ms)).toBe(text);
});

test.each([
  [0, "0.00 Mbit/s"],
  [0.024e6, "0.02 Mbit/s"],
  [0.096e6, "0.1 Mbit/s"],
  [3.14e6, "3.1 Mbit/s"],
  [9.96e6, "10 Mbit/s"],
  [123.4e6, "123 Mbit/s"],
])("%i bits a second are %s", (bits_per_s, text) => {
  expect(megabits(bits_per_s)).toBe(text);
});

test("it shows round trip and bandwidth, and what else was measured when pointed at", () => {
  const readout = new Readout();
  readout.show(MEASURES);
  expect([...readout.element.children].map(({ textContent }) => textContent)).toEqual([
    "24 ms",
    "3.1 Mbit/s",
  ]);
  expect(readout.element.title).toBe(
    "Round trip to the application: 24 ms, input to picture: 31 ms",
  );
});

test.each([
  [60, "quick"],
  [61, "bearable"],
  [161, "slow"],
])("%i ms are %s", (round_trip_ms, grade) => {
  const readout = new Readout();
  readout.show({ ...MEASURES, round_trip_ms });
  expect(readout.element.dataset.grade).toBe(grade);
});

test("it is hidden without a connection, and when it is not wanted", () => {
  const readout = new Readout();
  readout.show(MEASURES);
  expect(readout.element.hidden).toBe(false);
  readout.want(false);
  expect(readout.element.hidden).toBe(true);
  readout.want(true);
  readout.show(null);
  expect(readout.element.hidden).toBe(true);
});
