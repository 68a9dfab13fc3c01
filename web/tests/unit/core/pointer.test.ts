/** The pointer over the picture. */

import { beforeEach, expect, test } from "vitest";
import { Pointer, buttonMask } from "../../../src/core/pointer";
import { ManualTimers } from "../../support/manual-timers";

let element: HTMLElement;
let timers: ManualTimers;
let said: string[];
let isCongested: boolean;
let captured: number[];

beforeEach(() => {
  element = document.createElement("div");
  captured = [];
  element.setPointerCapture = (id) => {
    captured.push(id);
  };
  timers = new ManualTimers();
  said = [];
  isCongested = false;
  new Pointer({
    element,
    timers,
    signal: new AbortController().signal,
    position: ({ clientX, clientY }) => ({ x: clientX, y: clientY }),
    pressed: () => said.push("pressed"),
    output: {
      pointer: ({ x, y }, buttons) => said.push(`${x},${y} ${buttons}`),
      wheel: (dx, dy) => said.push(`wheel ${dx},${dy}`),
      isCongested: () => isCongested,
    },
  });
});

function pointer(type: string, clientX: number, init: PointerEventInit = {}): void {
  element.dispatchEvent(
    new PointerEvent(type, { clientX, clientY: 7, isPrimary: true, pointerId: 3, ...init }),
  );
}

test("a press takes the pointer, then says where and which button", () => {
  pointer("pointerdown", 5, { buttons: 1 });
  pointer("pointerup", 9, { buttons: 0 });
  expect(captured).toEqual([3]);
  expect(said).toEqual(["pressed", "5,7 1", "9,7 0"]);
});

test("moves are said at once, and only once", () => {
  pointer("pointermove", 5);
  pointer("pointermove", 5);
  pointer("pointermove", 6);
  expect(said).toEqual(["5,7 0", "6,7 0"]);
});

test("where it was when it left is said again: another window may have moved it", () => {
  pointer("pointermove", 5);
  pointer("pointerleave", 5);
  pointer("pointermove", 5);
  expect(said).toEqual(["5,7 0", "5,7 0"]);
});

test("a touch in another window is none of the pointer there either", () => {
  const frame = document.body.appendChild(document.createElement("iframe"));
  const other = frame.contentWindow as unknown as typeof globalThis;
  const touch = new other.MouseEvent("pointermove", { clientX: 5 });
  element.dispatchEvent(Object.assign(touch, { pointerType: "touch", isPrimary: true }));
  frame.remove();
  expect(said).toEqual([]);
});

test("raw moves are thinned out, the drawn one says the last place", () => {
  for (const clientX of [1, 2, 3]) pointer("pointerrawupdate", clientX);
  pointer("pointermove", 3);
  expect(said).toEqual(["1,7 0", "3,7 0"]);
});

test("on a slow network only the last place is said, once there is room", () => {
  isCongested = true;
  for (const clientX of [1, 2, 3]) pointer("pointermove", clientX);
  timers.pass(300);
  expect(said).toEqual([]);
  isCongested = false;
  timers.pass(30);
  expect(said).toEqual(["3,7 0"]);
});

test("a button is said even on a slow network", () => {
  isCongested = true;
  pointer("pointermove", 1);
  pointer("pointerdown", 2, { buttons: 2 });
  timers.pass(300);
  expect(said).toEqual(["pressed", "2,7 4"]);
});

test("a second finger is no second pointer", () => {
  pointer("pointerdown", 5, { buttons: 1, isPrimary: false });
  pointer("pointermove", 6, { buttons: 1, isPrimary: false });
  expect(said).toEqual([]);
});

test("a touch that the browser takes back lets go", () => {
  pointer("pointerdown", 5, { buttons: 1 });
  pointer("pointercancel", 5);
  expect(said.at(-1)).toBe("5,7 0");
});

test.each(["contextmenu", "dragstart", "selectstart"])("%s does nothing here", (type) => {
  const event = new Event(type, { cancelable: true });
  element.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(true);
});

test("the wheel turns there, and the page does not scroll", () => {
  const event = new WheelEvent("wheel", { deltaY: 3, deltaMode: 1, cancelable: true });
  element.dispatchEvent(event);
  expect(said).toEqual(["wheel 0,120"]);
  expect(event.defaultPrevented).toBe(true);
});

test.each([
  ["left", 1, 0b00001],
  ["right", 2, 0b00100],
  ["middle", 4, 0b00010],
  ["back", 8, 0b01000],
  ["forward", 16, 0b10000],
  ["left and right", 3, 0b00101],
])("button %s", (_name, buttons, mask) => {
  expect(buttonMask(buttons)).toBe(mask);
});
