/** The wheel's movement, whatever the browser measures in. */

import { expect, test } from "vitest";
import { Notches, type WheelMovement } from "../../../src/core/wheel";

function movement(changes: Partial<WheelMovement>): WheelMovement {
  return { deltaX: 0, deltaY: 0, deltaMode: 0, ...changes };
}

test.each([
  ["pixels", movement({ deltaY: 100 }), { dx: 0, dy: 120 }],
  ["sideways", movement({ deltaX: 53, wheelDeltaX: -120 }), { dx: 120, dy: 0 }],
  ["lines", movement({ deltaY: -3, deltaMode: 1 }), { dx: 0, dy: -120 }],
  ["pages", movement({ deltaX: 1, deltaMode: 2 }), { dx: 120, dy: 0 }],
  ["a notch of any number of pixels", movement({ deltaY: 53, wheelDeltaY: -120 }), { dx: 0, dy: 120 }],
  ["a touchpad's fine movement", movement({ deltaY: 10, wheelDeltaY: -30 }), { dx: 0, dy: 30 }],
  ["what no message can hold", movement({ deltaY: 1e9 }), { dx: 0, dy: 0x7fff }],
])("%s", (_name, event, turned) => {
  expect(new Notches().turned(event)).toEqual(turned);
});

test("small movements add up", () => {
  const notches = new Notches();
  const turned = [1, 2, 3, 4, 5].map(() => notches.turned(movement({ deltaY: 0.0125, deltaMode: 1 })).dy);
  expect(turned).toEqual([0, 1, 0, 1, 0]);
});
