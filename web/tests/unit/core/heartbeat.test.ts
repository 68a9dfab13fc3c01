/** Round trips, and connections that are dead. */

import { beforeEach, expect, test } from "vitest";
import { Heartbeat } from "../../../src/core/heartbeat";
import { ManualTimers } from "../../support/manual-timers";

let timers: ManualTimers;
let pings: number[];
let measured: number[];
let stalls: number;
let heartbeat: Heartbeat;

beforeEach(() => {
  timers = new ManualTimers();
  pings = [];
  measured = [];
  stalls = 0;
  heartbeat = new Heartbeat({
    timers,
    ping: (sent) => pings.push(sent),
    measured: (round_trip_ms) => measured.push(round_trip_ms),
    stalled: () => {
      stalls += 1;
    },
  });
  heartbeat.start();
});

test("it beats every two seconds", () => {
  timers.pass(4000);
  expect(pings).toEqual([0, 2000, 4000]);
});

test("the round trip is the time until the ping is back", () => {
  timers.pass(2000);
  timers.pass(35);
  heartbeat.pong(2000);
  expect(measured).toEqual([35]);
});

test("a connection that says nothing for long is dead", () => {
  timers.pass(15_999);
  expect(stalls).toBe(0);
  timers.pass(1);
  expect(stalls).toBe(1);
});

test("a connection that says anything lives", () => {
  for (let second = 0; second < 60; second += 1) {
    timers.pass(1000);
    heartbeat.heard();
  }
  expect(stalls).toBe(0);
});

test("stopped, it neither beats nor complains", () => {
  heartbeat.stop();
  timers.pass(60_000);
  expect(pings).toEqual([0]);
  expect(stalls).toBe(0);
});
