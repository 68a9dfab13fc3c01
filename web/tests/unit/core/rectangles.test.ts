/** Exact rectangles, from bytes to pixels. */

import { beforeEach, describe, expect, test } from "vitest";
import { Framebuffer } from "../../../src/core/framebuffer";
import { parse } from "../../../src/core/incoming";
import { Rectangles } from "../../../src/core/rectangles";
import * as make from "../../support/rectangles";

const RED = [255, 0, 0] as const;
const GREEN = [0, 255, 0] as const;
const BLUE = [0, 0, 255] as const;
const LETTERS = new Map([
  [0xff0000ff, "r"],
  [0xff00ff00, "g"],
  [0xffff0000, "b"],
  [0xff000000, "."],
]);

let screen: Framebuffer;
let rectangles: Rectangles;

beforeEach(() => {
  screen = new Framebuffer();
  screen.resize({ width: 6, height: 4 });
  rectangles = new Rectangles(screen);
});

function draw(flags: number, ...parts: readonly Uint8Array[]): readonly unknown[] {
  const said = parse(make.message(7, parts, flags).buffer);
  if (said?.type !== "rectangles") throw new Error("that is no RECTANGLES");
  return rectangles.draw(said.rectangles);
}

/** The screen, a letter for each pixel. */
function shown(): string {
  const rows: string[] = [];
  for (let row = 0; row < screen.height; row += 1) {
    const pixels = [...screen.pixels.subarray(row * 6, row * 6 + 6)];
    rows.push(pixels.map((pixel) => LETTERS.get(pixel) ?? "?").join(""));
  }
  return rows.join(" ");
}

test("a fill covers its area and no more, and says where it was", () => {
  const area = { x: 1, y: 1, width: 3, height: 2 };
  expect(draw(1, make.fill(area, RED))).toEqual([area]);
  expect(shown()).toBe("...... .rrr.. .rrr.. ......");
});

test("true colours, few enough to be left as they are", () => {
  draw(1, make.rectangle({ x: 4, y: 0, width: 2, height: 1 }, 7, [0, ...RED, ...BLUE]));
  expect(shown()).toBe("....rb ...... ...... ......");
});

test("true colours, compressed", () => {
  const area = { x: 0, y: 2, width: 3, height: 2 };
  draw(1, make.colours(area, [RED, GREEN, BLUE, BLUE, GREEN, RED]));
  expect(shown()).toBe("...... ...... rgb... bgr...");
});

test("two colours, a bit for each pixel and each row from a byte of its own", () => {
  const area = { x: 0, y: 0, width: 6, height: 4 };
  draw(1, make.palette(area, [RED, BLUE], [0b10000000, 0b01000000, 0b00100000, 0b00000100]));
  expect(shown()).toBe("brrrrr rbrrrr rrbrrr rrrrrb");
});

test("three colours, a byte for each pixel", () => {
  const area = { x: 0, y: 0, width: 6, height: 2 };
  draw(1, make.palette(area, [RED, GREEN, BLUE], [0, 1, 2, 0, 1, 2, 2, 1, 0, 2, 1, 0]));
  expect(shown()).toBe("rgbrgb bgrbgr ...... ......");
});

describe("a copy moves what is there", () => {
  beforeEach(() => {
    const rows = [RED, GREEN, BLUE];
    draw(1, ...rows.map((colour, y) => make.fill({ x: 0, y, width: 6, height: 1 }, colour)));
  });

  test.each([
    ["upwards", { x: 0, y: 0, width: 6, height: 3 }, [0, 1], "gggggg bbbbbb ...... ......"],
    ["downwards", { x: 0, y: 1, width: 6, height: 3 }, [0, 0], "rrrrrr rrrrrr gggggg bbbbbb"],
    ["aside", { x: 2, y: 0, width: 2, height: 2 }, [0, 2], "rrbbrr gg..gg bbbbbb ......"],
  ] as const)("%s, though it covers itself", (_where, area, [x, y], wanted) => {
    draw(0, make.copy(area, x, y));
    expect(shown()).toBe(wanted);
  });
});

test("each stream goes on from rectangle to rectangle until it begins anew", () => {
  const area = { x: 0, y: 0, width: 6, height: 1 };
  const row = [RED, GREEN, BLUE, RED, GREEN, BLUE];
  draw(1, make.colours(area, row));
  const again = make.colours(area, row);
  again[12] = 0; // as if it went on, but it has a beginning
  expect(() => draw(0, again)).toThrow(RangeError);
  expect(() => draw(1, again)).not.toThrow();
});

test.each([
  ["that is cut off", make.fill({ x: 0, y: 0, width: 2, height: 2 }, RED).subarray(0, 14)],
  ["beyond the screen", make.fill({ x: 5, y: 0, width: 2, height: 2 }, RED)],
  ["of no size", make.fill({ x: 0, y: 0, width: 0, height: 2 }, RED)],
  ["copied from beyond the screen", make.copy({ x: 0, y: 0, width: 2, height: 2 }, 5, 0)],
  ["of another encoding", make.rectangle({ x: 0, y: 0, width: 1, height: 1 }, 5, [1])],
  ["as JPEG", make.rectangle({ x: 0, y: 0, width: 1, height: 1 }, 7, [0x90, 1, 1])],
  ["with another filter", make.rectangle({ x: 0, y: 0, width: 1, height: 1 }, 7, [0x40, 2])],
  ["of broken bytes", make.rectangle({ x: 0, y: 0, width: 6, height: 4 }, 7, [0, 3, 1, 2, 3])],
])("a rectangle %s is an error", (_what, part) => {
  expect(() => draw(1, part)).toThrow(RangeError);
});

test("another size keeps what fits of the picture", () => {
  draw(1, make.fill({ x: 0, y: 0, width: 6, height: 4 }, GREEN));
  screen.resize({ width: 6, height: 2 });
  screen.resize({ width: 6, height: 3 });
  expect(shown()).toBe("gggggg gggggg ......");
});
