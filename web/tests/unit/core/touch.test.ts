/** Fingers over the picture. */

import { beforeEach, describe, expect, test } from "vitest";
import { Touch } from "../../../src/core/touch";
import { ManualTimers } from "../../support/manual-timers";

let element: HTMLElement;
let timers: ManualTimers;
let said: string[];

beforeEach(() => {
  element = document.createElement("div");
  element.setPointerCapture = () => undefined;
  timers = new ManualTimers();
  said = [];
  new Touch({
    element,
    timers,
    signal: new AbortController().signal,
    position: ({ clientX, clientY }) => ({ x: 2 * clientX, y: 2 * clientY }),
    pressed: () => said.push("pressed"),
    output: {
      pointer: ({ x, y }, buttons) => said.push(`${x},${y} ${buttons}`),
      wheel: (dx, dy) => said.push(`wheel ${dx},${dy}`),
      isCongested: () => false,
    },
  });
});

interface At {
  readonly x: number;
  readonly y: number;
}

function finger(type: string, { x, y }: At, pointerId = 1): void {
  const init = { clientX: x, clientY: y, pointerId, pointerType: "touch", isPrimary: pointerId === 1 };
  element.dispatchEvent(new PointerEvent(type, { ...init, cancelable: true }));
}

describe("one finger", () => {
  test("that taps clicks where it came down", () => {
    finger("pointerdown", { x: 5, y: 6 });
    finger("pointermove", { x: 9, y: 6 });
    finger("pointerup", { x: 9, y: 6 });
    timers.pass(1000);
    expect(said).toEqual(["pressed", "10,12 0", "10,12 1", "10,12 0"]);
  });

  test("that stays clicks with the right button, once", () => {
    finger("pointerdown", { x: 5, y: 6 });
    timers.pass(500);
    expect(said).toEqual(["pressed", "10,12 0", "10,12 4", "10,12 0"]);
    finger("pointermove", { x: 50, y: 6 });
    finger("pointerup", { x: 50, y: 6 });
    expect(said).toHaveLength(4);
  });

  test("that moves drags from where it came down", () => {
    finger("pointerdown", { x: 5, y: 6 });
    finger("pointermove", { x: 25, y: 6 });
    timers.pass(1000);
    finger("pointermove", { x: 30, y: 7 });
    finger("pointerup", { x: 31, y: 7 });
    expect(said).toEqual(["pressed", "10,12 0", "10,12 1", "50,12 1", "60,14 1", "62,14 0"]);
  });

  test("that the browser takes back lets go", () => {
    finger("pointerdown", { x: 5, y: 6 });
    finger("pointermove", { x: 25, y: 6 });
    finger("pointercancel", { x: 25, y: 6 });
    expect(said.at(-1)).toBe("50,12 0");
  });

  test("that the browser takes back at rest has done nothing", () => {
    finger("pointerdown", { x: 5, y: 6 });
    finger("pointercancel", { x: 5, y: 6 });
    timers.pass(1000);
    expect(said).toEqual(["pressed"]);
  });
});

describe("two fingers", () => {
  beforeEach(() => {
    finger("pointerdown", { x: 100, y: 100 }, 1);
    finger("pointerdown", { x: 140, y: 100 }, 2);
    said.length = 0;
  });

  test("that tap click with the right button", () => {
    finger("pointerup", { x: 100, y: 100 }, 1);
    finger("pointerup", { x: 140, y: 100 }, 2);
    timers.pass(1000);
    expect(said).toEqual(["200,200 0", "200,200 4", "200,200 0"]);
  });

  test("that move turn the wheel by a notch for forty pixels, the picture with them", () => {
    for (let step = 1; step <= 10; step += 1) {
      finger("pointermove", { x: 100, y: 100 + 8 * step }, 1);
      finger("pointermove", { x: 140, y: 100 + 8 * step }, 2);
    }
    const turned = said.map((each) => Number(each.split(",")[1]));
    // The first ten pixels tell that the fingers are not at rest.
    expect(turned.reduce((sum, each) => sum + each, 0)).toBe(-(80 - 8) * 3);
    expect(said.every((each) => each.startsWith("wheel 0,"))).toBe(true);
  });

  test("that part from each other do nothing", () => {
    for (let step = 1; step <= 5; step += 1) {
      finger("pointermove", { x: 100 - 8 * step, y: 100 }, 1);
      finger("pointermove", { x: 140 + 8 * step, y: 100 }, 2);
    }
    expect(said).toEqual([]);
  });

  test("that have scrolled do not drag with the last of them", () => {
    finger("pointermove", { x: 100, y: 160 }, 1);
    finger("pointerup", { x: 100, y: 160 }, 1);
    said.length = 0;
    finger("pointermove", { x: 140, y: 200 }, 2);
    finger("pointerup", { x: 140, y: 200 }, 2);
    expect(said).toEqual([]);
    finger("pointerdown", { x: 5, y: 6 }, 3);
    finger("pointerup", { x: 5, y: 6 }, 3);
    expect(said).toContain("10,12 1");
  });
});

test("a second finger does not disturb a drag", () => {
  finger("pointerdown", { x: 5, y: 6 }, 1);
  finger("pointermove", { x: 25, y: 6 }, 1);
  said.length = 0;
  finger("pointerdown", { x: 100, y: 6 }, 2);
  finger("pointermove", { x: 120, y: 6 }, 2);
  finger("pointermove", { x: 30, y: 6 }, 1);
  finger("pointerup", { x: 120, y: 6 }, 2);
  finger("pointerup", { x: 30, y: 6 }, 1);
  expect(said).toEqual(["60,12 1", "60,12 0"]);
});

test("a mouse is none of its business", () => {
  element.dispatchEvent(new PointerEvent("pointerdown", { pointerId: 1, pointerType: "mouse" }));
  expect(said).toEqual([]);
});
