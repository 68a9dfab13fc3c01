/** One picture in two windows: what each shows of it, and where the pointer is on it. */

import { beforeEach, describe, expect, test } from "vitest";
import { Framebuffer } from "../../../src/core/framebuffer";
import { Monitors } from "../../../src/core/monitors";
import type { Screen } from "../../../src/core/screen";
import { screenAt } from "../../support/fake-screens";

const LEFT = { x: 0, y: 0, width: 100, height: 60 };
const RIGHT = { x: 100, y: 0, width: 80, height: 50 };
const ONE = { width: 100, height: 60, screens: [LEFT] };
const TWO = { width: 180, height: 60, screens: [LEFT, RIGHT] };
const IMAGE = {} as ImageBitmap;

let drawn: [string[], string[]];
let first: Screen;
let second: Screen;
let monitors: Monitors;
let picture: Framebuffer;

beforeEach(() => {
  drawn = [[], []];
  // Side by side on the user's display, with a gap between them.
  first = screenAt({ left: 10, top: 100, width: 100, height: 70, bar: 10 }, drawn[0]);
  second = screenAt({ left: 150, top: 100, width: 80, height: 50, bar: 0 }, drawn[1]);
  monitors = new Monitors(first);
  picture = new Framebuffer();
  picture.resize(TWO);
});

function extend(): void {
  monitors.extend(second);
  monitors.resize(TWO, picture);
  drawn[0].length = drawn[1].length = 0;
}

describe("the picture", () => {
  test("of one monitor is the first window's", () => {
    monitors.resize(ONE, picture);
    monitors.put(picture, LEFT);
    monitors.draw(IMAGE, { x: 4, y: 6, width: 8, height: 8 });
    expect(drawn[0].slice(1)).toEqual(["put 0 0 100 60 from 0,0", "draw at 4,6"]);
  });

  test("that is across both is put on each as far as it is there", () => {
    extend();
    monitors.put(picture, { x: 90, y: 40, width: 20, height: 20 });
    expect(drawn).toEqual([["put 90 40 10 20 from 0,0"], ["put 100 40 10 10 from -100,0"]]);
  });

  test("that moves is drawn only where it is", () => {
    extend();
    monitors.draw(IMAGE, { x: 110, y: 5, width: 20, height: 20 });
    monitors.draw(IMAGE, { x: 96, y: 0, width: 8, height: 8 });
    expect(drawn).toEqual([["draw at 96,0"], ["draw at 10,5", "draw at -4,0"]]);
  });

  test("is shown by a window that takes on another part of it, and by no other", () => {
    extend();
    const narrow = { ...RIGHT, width: 60 };
    monitors.resize({ ...TWO, screens: [LEFT, narrow] }, picture);
    expect(drawn).toEqual([[], ["put 100 0 60 50 from -100,0"]]);
    expect([second.canvas.width, second.canvas.height]).toEqual([60, 50]);
  });

  test("is drawn no more in a window whose monitor is gone", () => {
    extend();
    monitors.resize(ONE, picture);
    monitors.put(picture, { ...TWO, x: 0, y: 0 });
    expect(drawn).toEqual([["put 0 0 100 60 from 0,0"], []]);
    monitors.extend(null);
    expect(monitors.screens).toEqual([first]);
  });
});

describe("the pointer", () => {
  beforeEach(extend);

  /** A point of the first window, or of the second, by where it is on the display. */
  function at(screen: Screen, screenX: number, screenY: number): { x: number; y: number } {
    const [left, top] = screen === first ? [10, 100] : [150, 100];
    const point = { clientX: screenX - left, clientY: screenY - top, screenX, screenY };
    return monitors.position(screen, point);
  }

  test("is on the monitor of its window", () => {
    expect(at(first, 15, 117)).toEqual({ x: 5, y: 7 });
    expect(at(second, 155, 107)).toEqual({ x: 105, y: 7 });
  });

  test("that drags something over the other window is on that one's monitor", () => {
    expect(at(first, 155, 107)).toEqual({ x: 105, y: 7 });
    expect(at(second, 15, 117)).toEqual({ x: 5, y: 7 });
  });

  test("between the windows is where it would be if they had no gap", () => {
    expect(at(first, 130, 120)).toEqual({ x: 120, y: 10 });
    expect(at(second, 145, 120)).toEqual({ x: 95, y: 20 });
  });

  test("over the window's own bar stays at the picture's edge", () => {
    expect(at(first, 15, 102)).toEqual({ x: 5, y: 0 });
  });

  test("beyond everything is at the edge of all", () => {
    expect(at(second, 900, 900)).toEqual({ x: 179, y: 59 });
  });

  test("stays on the only monitor there is", () => {
    monitors.extend(null);
    monitors.resize(ONE, picture);
    expect(at(first, 155, 107)).toEqual({ x: 99, y: 0 });
  });
});
