/** What is done in two windows, as one user's: nothing stays pressed in one for the other. */

import { afterEach, beforeEach, expect, test } from "vitest";
import { Input } from "../../../src/core/input";
import type { Monitor } from "../../../src/core/monitors";
import type { Screen } from "../../../src/core/screen";
import { FromBrowser } from "../../../src/core/tags";
import { ManualTimers } from "../../support/manual-timers";

let said: string[];
let first: Monitor;
let second: Monitor;
let closing: AbortController;

beforeEach(() => {
  said = [];
  closing = new AbortController();
  const input = new Input({
    timers: new ManualTimers(),
    position: (screen, { clientX, clientY }) => ({
      x: clientX + (screen === second.screen ? 1000 : 0),
      y: clientY,
    }),
    send: (message) => said.push(text(message)),
    isCongested: () => false,
    paste: { takesPaste: false, paste: () => Promise.resolve(true) },
    commandIsControl: () => false,
    events: { acted: nothing, struck: nothing, left: nothing },
  });
  first = monitor();
  second = monitor();
  input.listen(first, new AbortController().signal);
  input.listen(second, closing.signal);
});

afterEach(() => {
  document.body.replaceChildren();
});

const nothing = (): void => undefined;

function monitor(): Monitor {
  const canvas = document.createElement("canvas");
  canvas.setPointerCapture = nothing;
  const field = document.createElement("textarea");
  document.body.append(canvas, field);
  return { screen: { canvas } as unknown as Screen, field };
}

function text(message: Uint8Array<ArrayBuffer>): string {
  const view = new DataView(message.buffer);
  if (message[0] === FromBrowser.RELEASE) return "release all";
  if (message[0] === FromBrowser.POINTER) return `at ${view.getUint16(1)} ${view.getUint8(5)}`;
  return `${view.getUint8(5) === 1 ? "+" : "-"}${view.getUint32(1).toString(16)}`;
}

function press({ screen }: Monitor, clientX: number, more: PointerEventInit = {}): void {
  const init = { clientX, buttons: 1, isPrimary: true, ...more };
  screen.canvas.dispatchEvent(new PointerEvent("pointerdown", init));
}

function holdShift({ field }: Monitor): void {
  field.focus();
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Shift", code: "ShiftLeft", shiftKey: true }));
}

test("a window that loses the focus releases all", () => {
  holdShift(first);
  second.field.focus();
  expect(said).toEqual(["+ffe1", "release all"]);
});

test("a press that takes the focus to the other window goes on, without the keys of before", () => {
  holdShift(first);
  // Browsers tell of the press before the focus, or after it.
  second.field.focus = nothing;
  press(second, 5, { shiftKey: true });
  first.field.blur();
  expect(said).toEqual(["+ffe1", "at 1005 1", "-ffe1"]);
});

test("a window that loses the focus while something is dragged from it lets go of that", () => {
  press(first, 5);
  first.field.blur();
  expect(said).toEqual(["at 5 1", "release all"]);
});

test("what was pressed in a window that is closed is released", () => {
  holdShift(second);
  closing.abort();
  expect(said).toEqual(["+ffe1", "release all"]);
  press(second, 5);
  expect(said).toHaveLength(2);
});
