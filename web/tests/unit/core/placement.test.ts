/** How large a picture is asked for, and how it sits on the page. */

import { describe, expect, test } from "vitest";
import { placement } from "../../../src/core/screen";
import { viewportOf } from "../../../src/core/viewport";

describe("the picture asked for", () => {
  test.each([
    ["as large as the stage", { width: 1280, height: 680 }, 1, [1280, 680]],
    ["in device pixels", { width: 1280, height: 680 }, 2, [2560, 1360]],
    ["even", { width: 1281, height: 681 }, 1, [1280, 680]],
    ["within the largest screen, in shape", { width: 5120, height: 1440 }, 1, [3840, 1080]],
    ["no smaller than the smallest", { width: 100, height: 0 }, 1, [320, 200]],
  ])("is %s", (_name, stage, scale, [width, height]) => {
    expect(viewportOf(stage, scale)).toEqual({ width, height, scale });
  });
});

describe("the picture shown", () => {
  test("is pixel on pixel where it fits but for the odd row", () => {
    const stage = { width: 1281, height: 681 };
    expect(placement({ width: 1280, height: 680 }, stage, 1)).toEqual({
      ratio: 1,
      left: 0,
      top: 0,
    });
  });

  test("is pixel on pixel of the device", () => {
    const stage = { width: 640, height: 340 };
    expect(placement({ width: 1280, height: 680 }, stage, 2).ratio).toBe(0.5);
  });

  test("is scaled as a whole into another shape, in the middle", () => {
    const stage = { width: 1000, height: 1000 };
    expect(placement({ width: 2000, height: 1000 }, stage, 1)).toEqual({
      ratio: 0.5,
      left: 0,
      top: 250,
    });
  });
});
