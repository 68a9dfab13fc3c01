/** The WebSocket's life. */

import { beforeEach, describe, expect, test } from "vitest";
import { Connection } from "../../../src/core/connection";
import { FakeNetwork } from "../../support/fake-socket";
import { ManualTimers } from "../../support/manual-timers";

let network: FakeNetwork;
let timers: ManualTimers;
let happened: string[];
let connection: Connection;

beforeEach(() => {
  network = new FakeNetwork();
  timers = new ManualTimers();
  happened = [];
  connection = new Connection({
    openSocket: network.openSocket,
    timers,
    events: {
      opened: () => happened.push("opened"),
      message: (data) => happened.push(`message of ${data.byteLength}`),
      lost: (attempt) => happened.push(`lost ${attempt}`),
      refused: (code) => happened.push(`refused ${code}`),
    },
  });
  connection.open();
});

test("messages go both ways", () => {
  network.latest.accept();
  connection.send(new Uint8Array([8]));
  network.latest.say(new Uint8Array([0x84, 1]));
  expect(network.latest.sent).toEqual([new Uint8Array([8])]);
  expect(happened).toEqual(["opened", "message of 2"]);
});

test("what is said while there is no connection is dropped", () => {
  connection.send(new Uint8Array([8]));
  network.latest.accept();
  expect(network.latest.sent).toEqual([]);
});

test("a lost connection is made again at once, then ever later up to a second", () => {
  const waited = [0, 250, 500, 1000, 1000, 1000];
  for (const [index, delay_ms] of waited.entries()) {
    network.latest.drop(1006);
    timers.pass(delay_ms - 1);
    expect(network.sockets).toHaveLength(index + 1);
    timers.pass(1);
    expect(network.sockets).toHaveLength(index + 2);
  }
});

test("a socket that does not open in four seconds is given up for another", () => {
  timers.pass(3999);
  expect(network.sockets).toHaveLength(1);
  timers.pass(1);
  expect(network.sockets[0]?.isClosed).toBe(true);
  expect(network.sockets).toHaveLength(2);
  network.latest.accept();
  timers.pass(60_000);
  expect(network.sockets).toHaveLength(2);
});

test("a session that was served starts again with a short delay", () => {
  network.latest.drop(1006);
  timers.pass(0);
  network.latest.drop(1006);
  timers.pass(250);
  connection.confirm();
  network.latest.drop(1006);
  expect(happened.at(-1)).toBe("lost 1");
});

test.each([4401, 4403, 4409, 4410])("after %i it stays away", (code) => {
  network.latest.accept();
  network.latest.drop(code);
  timers.pass(60_000);
  expect(happened).toEqual(["opened", `refused ${code}`]);
  expect(network.sockets).toHaveLength(1);
});

describe("a retry that is due later", () => {
  beforeEach(() => {
    network.latest.drop(1006);
    timers.pass(0);
    network.latest.drop(1006);
  });

  test("can be brought forward", () => {
    connection.hurry();
    network.latest.accept();
    timers.pass(60_000);
    expect(network.sockets).toHaveLength(3);
  });

  test("is called off by closing", () => {
    connection.close();
    timers.pass(60_000);
    expect(network.sockets).toHaveLength(2);
  });
});

describe("hurrying", () => {
  test("does not disturb a connection that stands", () => {
    network.latest.accept();
    timers.pass(1000);
    connection.hurry();
    expect(network.sockets).toHaveLength(1);
  });

  test.each([
    ["leaves alone what has just been begun", 499, 1],
    ["begins anew what has been tried for a while", 500, 2],
  ])("%s", (_name, after_ms, sockets) => {
    timers.pass(after_ms);
    connection.hurry();
    expect(network.sockets).toHaveLength(sockets);
  });

  test("does nothing for what was closed for good", () => {
    connection.close();
    timers.pass(1000);
    connection.hurry();
    expect(network.sockets).toHaveLength(1);
  });
});

test("a socket that has been replaced is not heard any more", () => {
  const old = network.latest;
  connection.open();
  old.say(new Uint8Array([0x84, 1]));
  old.drop(1006);
  expect(old.isClosed).toBe(true);
  expect(happened).toEqual([]);
});
