/** From frames to pixels, and to another codec when there are none. */

import { beforeEach, describe, expect, test } from "vitest";
import type { DecoderEvents } from "../../../src/core/decoder";
import { parse, type Frame } from "../../../src/core/incoming";
import { Picture, isOfPicture } from "../../../src/core/picture";
import { Codec, FromAgent } from "../../../src/core/tags";
import * as agent from "../../support/agent-messages";
import { FakeDecoder, aFrame } from "../../support/fake-decoder";
import { ManualTimers } from "../../support/manual-timers";
import * as rectangles from "../../support/rectangles";

let timers: ManualTimers;
let decoders: FakeDecoder[];
let happened: string[];
let picture: Picture;

beforeEach(() => {
  timers = new ManualTimers();
  decoders = [];
  happened = [];
  const make = (events: DecoderEvents): FakeDecoder => {
    const decoder = new FakeDecoder(events);
    decoders.push(decoder);
    return decoder;
  };
  picture = new Picture({
    timers,
    decoders: new Map([
      [Codec.H264, make],
      [Codec.JPEG, make],
    ]),
    surface: {
      resize: ({ width, height }) => happened.push(`size ${width}x${height}`),
      draw: (_image, { x, y }) => happened.push(`draw at ${x},${y}`),
      put: (_picture, { x, y, width, height }) => happened.push(`put ${width}x${height} at ${x},${y}`),
    },
    events: {
      settled: (id) => happened.push(`settled ${id}`),
      drawn: () => happened.push("drawn"),
      broken: () => happened.push("broken"),
      unusable: (codec) => happened.push(`unusable ${codec}`),
    },
  });
});

function show(frame: Frame): void {
  picture.hear({ type: "frame", frame });
}

function decoder(): FakeDecoder {
  const latest = decoders.at(-1);
  if (latest === undefined) throw new Error("no decoder has been made");
  return latest;
}

test("a frame is acknowledged when it has been drawn, not before", () => {
  show(aFrame({ id: 7 }));
  expect(happened).toEqual([]);
  decoder().finish();
  expect(happened).toEqual(["draw at 0,0", "drawn", "settled 7"]);
});

test("stripes are drawn where they belong, on a screen of the size that was announced", () => {
  picture.resize({ width: 640, height: 400, screens: [] });
  show(aFrame({ codec: Codec.JPEG, y: 0, last: false }));
  show(aFrame({ codec: Codec.JPEG, y: 200 }));
  expect(happened).toEqual([]);
  decoder().finish();
  decoder().finish();
  const drawn = happened.filter((what) => !what.startsWith("settled"));
  expect(drawn).toEqual(["size 640x400", "draw at 0,0", "draw at 0,200", "drawn"]);
});

test("a frame of a codec that nobody knows is given up, so that the agent goes on", () => {
  show(aFrame({ codec: 9, id: 3 }));
  expect(happened).toEqual(["settled 3"]);
});

test("another connection gets another decoder", () => {
  show(aFrame());
  picture.reset();
  show(aFrame());
  expect(decoders.map(({ isClosed }) => isClosed)).toEqual([true, false]);
});

describe("a decoder that fails", () => {
  beforeEach(() => {
    show(aFrame());
  });

  test("asks for a key frame", () => {
    decoder().events.failed(new Error("test"));
    expect(happened).toEqual(["broken"]);
  });

  test("three times within half a minute is not used any more", () => {
    for (let time = 0; time < 3; time += 1) decoder().events.failed(new Error("test"));
    expect(happened).toEqual(["broken", "broken", `unusable ${Codec.H264}`]);
  });

  test("now and then is borne", () => {
    for (let time = 0; time < 9; time += 1) {
      decoder().events.failed(new Error("test"));
      timers.pass(15_000);
    }
    expect(new Set(happened)).toEqual(new Set(["broken"]));
  });
});

describe("exact rectangles", () => {
  const everywhere = { x: 0, y: 0, width: 64, height: 48 };

  beforeEach(() => {
    picture.resize({ width: 64, height: 48, screens: [] });
  });

  function hear(message: Uint8Array<ArrayBuffer>): void {
    const said = parse(message.buffer);
    if (said === null || !isOfPicture(said)) throw new Error("that is of no picture");
    picture.hear(said);
  }

  function paint(id: number): void {
    happened = [];
    hear(rectangles.message(id, [rectangles.fill(everywhere, [1, 2, 3])]));
  }

  test("are shown and acknowledged at once", () => {
    paint(9);
    expect(happened).toEqual(["size 64x48", "put 64x48 at 0,0", "drawn", "settled 9"]);
  });

  test("leave out where video is, and are shown there band by band when it has ended", () => {
    paint(1);
    hear(agent.area(FromAgent.VIDEO, { x: 16, y: 16, width: 32, height: 16 }));
    paint(2);
    expect(happened.slice(0, 4)).toEqual([
      "put 64x16 at 0,0",
      "put 64x16 at 0,32",
      "put 16x16 at 0,16",
      "put 16x16 at 48,16",
    ]);
    happened = [];
    hear(agent.area(FromAgent.EXACT, { x: 16, y: 16, width: 32, height: 8 }));
    expect(happened).toEqual(["put 32x8 at 16,16", "drawn"]);
    paint(3);
    expect(happened).toContain("put 16x8 at 0,24");
    hear(agent.area(FromAgent.EXACT, { x: 16, y: 24, width: 32, height: 8 }));
    paint(4);
    expect(happened).toEqual(["put 64x48 at 0,0", "drawn", "settled 4"]);
  });

  test("are not covered by frames that come late", () => {
    hear(agent.area(FromAgent.VIDEO, everywhere));
    show(aFrame());
    hear(agent.area(FromAgent.EXACT, everywhere));
    expect(decoder().isClosed).toBe(true);
  });

  test("that make no sense are given up, and all is asked for anew", () => {
    const nonsense = rectangles.rectangle(everywhere, 99, []);
    happened = [];
    hear(rectangles.message(5, [nonsense]));
    expect(happened).toEqual(["size 64x48", "broken", "settled 5"]);
  });

  test("of the same size on other monitors are shown there at once", () => {
    paint(1);
    happened = [];
    hear(agent.size(64, 48, [everywhere]));
    expect(happened).toEqual(["size 64x48"]);
  });

  test("another size has video nowhere", () => {
    hear(agent.area(FromAgent.VIDEO, everywhere));
    hear(agent.size(64, 48));
    paint(1);
    expect(happened).toContain("put 64x48 at 0,0");
  });
});
