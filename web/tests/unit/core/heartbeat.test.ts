/** Round trips, and connections that are dead. */

import { beforeEach, describe, expect, test } from "vitest";
import { Heartbeat } from "../../../src/core/heartbeat";
import { ManualTimers } from "../../support/manual-timers";

let timers: ManualTimers;
let pings: number[];
let measured: number[];
let stalls: number[];
let heartbeat: Heartbeat;

beforeEach(() => {
  timers = new ManualTimers();
  pings = [];
  measured = [];
  stalls = [];
  heartbeat = new Heartbeat({
    timers,
    ping: (sent) => pings.push(sent),
    measured: (round_trip_ms) => measured.push(round_trip_ms),
    stalled: () => stalls.push(timers.now()),
  });
  heartbeat.start();
});

/** The agent answers the last ping, so many milliseconds after it. */
function answer(after_ms = 20): void {
  const sent = pings.at(-1) ?? 0;
  timers.pass(sent + after_ms - timers.now());
  heartbeat.heard({ isTraffic: false });
  heartbeat.pong(sent);
}

/** The agent answers every ping at once. */
function live(duration_ms: number, each_ms = 100): void {
  const until = timers.now() + duration_ms;
  while (timers.now() < until) {
    timers.pass(each_ms);
    if (timers.now() - (pings.at(-1) ?? 0) < each_ms) heartbeat.heard({ isTraffic: false });
  }
}

function frame(): void {
  heartbeat.heard({ isTraffic: true });
}

/** Nothing has happened for so long that it beats slowly; the last beat was just answered. */
function rest(): void {
  live(60_000);
  pings.splice(0, pings.length - 1);
}

describe("it beats", () => {
  test("every two seconds while something comes", () => {
    for (let second = 0; second < 6; second += 1) {
      frame();
      timers.pass(1000);
    }
    expect(pings).toEqual([0, 2000, 4000, 6000]);
  });

  test("every thirty seconds while nothing happens, counting its own answers as nothing", () => {
    live(70_000);
    expect(pings).toEqual([0, 2000, 4000, 6000, 36_000, 66_000]);
  });

  test("at once when something comes after a rest", () => {
    rest();
    timers.pass(5000);
    frame();
    expect(pings.at(-1)).toBe(timers.now());
  });

  test("at once when the user acts after a rest, and four times a second at most", () => {
    rest();
    const began = timers.now();
    pings.length = 0;
    for (let key = 0; key < 100; key += 1) {
      heartbeat.acted();
      timers.pass(10);
      heartbeat.heard({ isTraffic: false });
    }
    expect(pings).toEqual([0, 250, 500, 750, 1000].map((since) => began + since));
  });

  test("no more once it is stopped, whatever happens", () => {
    heartbeat.stop();
    heartbeat.acted();
    heartbeat.woke();
    frame();
    timers.pass(60_000);
    expect(pings).toEqual([0]);
    expect(stalls).toEqual([]);
  });
});

test("the round trip is the time until the ping is back", () => {
  answer(35);
  expect(measured).toEqual([35]);
});

describe("a connection is dead", () => {
  test("when nothing has come for 15 seconds after a ping", () => {
    timers.pass(60_000);
    expect(stalls).toEqual([15_000]);
  });

  test("when the user acts and nothing comes for three seconds", () => {
    rest();
    timers.pass(10_000);
    const acted = timers.now();
    heartbeat.acted();
    timers.pass(2000);
    heartbeat.acted();
    timers.pass(10_000);
    expect(stalls).toEqual([acted + 3000]);
  });

  test("when it went while the user was at it", () => {
    heartbeat.acted();
    answer(10);
    heartbeat.acted();
    timers.pass(10_000);
    expect(stalls).toEqual([3250]);
  });

  test("when nothing comes for a second after a sleep", () => {
    rest();
    timers.pass(10_000);
    const woken = timers.now();
    heartbeat.woke();
    timers.pass(10_000);
    expect(stalls).toEqual([woken + 1000]);
  });
});

describe("a connection lives", () => {
  test.each([true, false])("that says anything, traffic or not: %s", (isTraffic) => {
    for (let second = 0; second < 60; second += 1) {
      heartbeat.acted();
      timers.pass(1000);
      heartbeat.heard({ isTraffic });
    }
    expect(stalls).toEqual([]);
  });

  test("whose answer waits behind what held the page up", () => {
    heartbeat.acted();
    timers.sleep(60_000);
    expect(stalls).toEqual([]);
    heartbeat.heard({ isTraffic: false });
    timers.pass(1000);
    expect(stalls).toEqual([]);
  });
});

describe("a link that is slow and not dead", () => {
  function stall(): number {
    heartbeat.start();
    const began = timers.now();
    heartbeat.acted();
    timers.pass(20_000);
    return (stalls.at(-1) ?? 0) - began;
  }

  test("is given more time each time", () => {
    expect([stall(), stall(), stall(), stall()]).toEqual([3250, 6250, 12_250, 15_000]);
  });

  test("is given no more once it has proved to be quick", () => {
    stall();
    heartbeat.start();
    answer(100);
    expect(stall()).toBe(3250);
  });
});
