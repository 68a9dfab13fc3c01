/** What the browser says, byte for byte. */

import { expect, test } from "vitest";
import * as say from "../../../src/core/outgoing";
import { VERSION } from "../../../src/core/tags";
import { bodyOf } from "../../support/agent-messages";

test("HELLO carries the version, what the page can show, and the codecs", () => {
  const second = { width: 800, height: 600 };
  const message = say.hello({ width: 1280, height: 680, scale: 1.5, second }, ["h264", "jpeg"]);
  expect(message[0]).toBe(0x01);
  expect(bodyOf(message)).toEqual({
    version: VERSION,
    width: 1280,
    height: 680,
    scale: 1.5,
    second,
    codecs: ["h264", "jpeg"],
  });
});

test("LAUNCH keeps what is not ASCII", () => {
  expect(bodyOf(say.launch("Größe"))).toEqual({ application: "Größe" });
});

test.each([
  ["ACK", say.acknowledge(0x1234, 86.4), [0x02, 0x12, 0x34, 0, 86]],
  ["KEY pressed", say.key(0x010020ac, true), [0x03, 0x01, 0x00, 0x20, 0xac, 1]],
  ["KEY released", say.key(0x61, false), [0x03, 0, 0, 0, 0x61, 0]],
  ["POINTER", say.pointer({ x: 300, y: 2 }, 5), [0x04, 0x01, 0x2c, 0, 2, 5]],
  ["WHEEL up", say.wheel(0, -120), [0x05, 0, 0, 0xff, 0x88]],
  ["RELEASE", say.release(), [0x08]],
  ["REFRESH", say.refresh(), [0x0a]],
])("%s", (_name, message, bytes) => {
  expect([...message]).toEqual(bytes);
});
