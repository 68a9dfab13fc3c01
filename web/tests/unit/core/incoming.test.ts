/** What the browser hears. */

import { describe, expect, test } from "vitest";
import { parse } from "../../../src/core/incoming";
import * as agent from "../../support/agent-messages";

describe("a message becomes a value", () => {
  test("WELCOME, with a name where an application has no other to show", () => {
    const applications = [{ name: "xterm" }];
    const features = { sound: { rate: 48_000 } };
    const more = { running: ["xterm"], starting: [], features };
    const message = agent.welcome({ view: "APP", applications, ...more });
    expect(parse(message.buffer)).toEqual({
      type: "welcome",
      welcome: {
        width: 320,
        height: 200,
        screens: [{ x: 0, y: 0, width: 320, height: 200 }],
        view: "APP",
        applications: [{ name: "xterm", displayName: "xterm", description: "", icon: "" }],
        running: ["xterm"],
        starting: [],
        features,
      },
    });
  });

  test("SIZE, with the monitors", () => {
    const [first, second] = [
      { x: 0, y: 0, width: 800, height: 600 },
      { x: 800, y: 0, width: 640, height: 480 },
    ];
    const message = agent.size(1440, 600, [first, second]);
    const layout = { width: 1440, height: 600, screens: [first, second] };
    expect(parse(message.buffer)).toEqual({ type: "size", layout });
  });

  test("FRAME", () => {
    const fields = { codec: 1, flags: 1, id: 65535, x: 1, y: 2, width: 3840, height: 2160 };
    const message = agent.frame(new Uint8Array([9, 8, 7]), fields);
    expect(parse(message.buffer)).toEqual({
      type: "frame",
      frame: {
        codec: 1,
        key: true,
        last: false,
        id: 65535,
        x: 1,
        y: 2,
        width: 3840,
        height: 2160,
        payload: new Uint8Array([9, 8, 7]),
      },
    });
  });

  test("CURSOR", () => {
    const image = { x: 1, y: 0, width: 2, height: 1 };
    const pixels = [1, 2, 3, 4, 5, 6, 7, 8];
    const message = agent.cursor(image, new Uint8Array(pixels));
    expect(parse(message.buffer)).toEqual({
      type: "cursor",
      cursor: { ...image, pixels: new Uint8ClampedArray(pixels) },
    });
  });

  test("SESSION without a warning has an empty one", () => {
    const session = { expires: 1_800_000_000, warning: "", seconds: 0 };
    expect(parse(agent.sessionNews(null).buffer)).toEqual({ type: "session", session });
  });

  test("END without an address to go to has an empty one", () => {
    const end = { reason: "idle", message: "Away.", redirectUrl: "" };
    expect(parse(agent.end("idle", "Away.").buffer)).toEqual({ type: "end", end });
  });
});

test("a tag of a newer agent is passed over", () => {
  expect(parse(new Uint8Array([0xa7, 1, 2]).buffer)).toBeNull();
});

test("a message that is cut off is refused", () => {
  expect(() => parse(new Uint8Array([0x82, 1]).buffer)).toThrow(RangeError);
});
