/**
 * Fingers over the picture. A tap is a click, a long press or a tap with two fingers a click of the
 * right button; one finger drags, two scroll. Pinching does nothing.
 */

import type { Position } from "./outgoing";
import { isOfPointer, type PointerOptions } from "./pointer";
import type { Cancel } from "./timers";

const LEFT = 1;
const RIGHT = 4;
const LONG_PRESS_MS = 500;

/** A finger that rests still moves by some CSS pixels. */
const SLOP = 10;

/** Two fingers that move by so many CSS pixels turn the wheel by a notch, which is 120. */
const NOTCH_PIXELS = 40;

interface Point {
  readonly clientX: number;
  readonly clientY: number;
}

/**
 * What the fingers are about: `resting`, one that has not moved; `dragging`; `pair`, two that may
 * tap or scroll; `scrolling`; `done`, which waits for all to leave.
 */
type Gesture = "none" | "resting" | "dragging" | "pair" | "scrolling" | "done";

export class Touch {
  private readonly options: PointerOptions;
  private readonly fingers = new Map<number, Point>();
  private gesture: Gesture = "none";
  private start: Point = { clientX: 0, clientY: 0 };
  /** The pixel under the first finger when it came down. */
  private at: Position = { x: 0, y: 0 };
  private restX = 0;
  private restY = 0;
  private cancelLongPress: Cancel = () => undefined;

  constructor(options: PointerOptions) {
    this.options = options;
    const { element, signal } = options;
    const on = (type: keyof HTMLElementEventMap, act: (event: PointerEvent) => void): void => {
      element.addEventListener(
        type,
        (event) => {
          if (isOfPointer(event) && event.pointerType === "touch") act(event);
        },
        { signal },
      );
    };
    on("pointerdown", (event) => {
      this.touch(event);
    });
    on("pointermove", (event) => {
      this.move(event);
    });
    on("pointerup", (event) => {
      this.leave(event);
    });
    on("pointercancel", (event) => {
      this.abandon(event);
    });
  }

  private touch(event: PointerEvent): void {
    event.preventDefault();
    const isFirst = this.gesture === "none";
    if (!isFirst && this.gesture !== "resting") return; // one finger too many
    this.options.element.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, event);
    if (isFirst) this.rest(event);
    else this.pair();
  }

  private rest(event: PointerEvent): void {
    this.options.pressed(event);
    this.gesture = "resting";
    this.start = event;
    this.at = this.options.position(event);
    this.cancelLongPress = this.options.timers.after(LONG_PRESS_MS, () => {
      this.finish(RIGHT);
    });
  }

  private pair(): void {
    this.cancelLongPress();
    this.gesture = "pair";
    this.start = centre(this.fingers);
    this.restX = this.restY = 0;
  }

  private move(event: PointerEvent): void {
    if (!this.fingers.has(event.pointerId)) return;
    const before = centre(this.fingers);
    this.fingers.set(event.pointerId, event);
    const now = centre(this.fingers);
    if (this.gesture === "resting" && isApart(this.start, now)) this.drag();
    if (this.gesture === "pair" && isApart(this.start, now)) this.gesture = "scrolling";
    if (this.gesture === "dragging") this.say(this.options.position(event), LEFT);
    if (this.gesture === "scrolling") this.scroll(before, now);
  }

  private drag(): void {
    this.cancelLongPress();
    this.gesture = "dragging";
    this.say(this.at, 0);
    this.say(this.at, LEFT);
  }

  /** The picture follows the fingers: they go down, the wheel turns up. */
  private scroll(before: Point, now: Point): void {
    const unit = 120 / NOTCH_PIXELS;
    const x = this.restX + (before.clientX - now.clientX) * unit;
    const y = this.restY + (before.clientY - now.clientY) * unit;
    const [dx, dy] = [Math.trunc(x), Math.trunc(y)];
    this.restX = x - dx;
    this.restY = y - dy;
    if (dx !== 0 || dy !== 0) this.options.output.wheel(dx, dy);
  }

  private leave(event: PointerEvent): void {
    if (!this.fingers.has(event.pointerId)) return;
    if (this.gesture === "dragging") this.say(this.options.position(event), 0);
    if (this.gesture === "dragging") this.gesture = "done";
    if (this.gesture === "resting") this.finish(LEFT);
    if (this.gesture === "pair") this.finish(RIGHT);
    this.lift(event);
  }

  private abandon(event: PointerEvent): void {
    if (!this.fingers.has(event.pointerId)) return;
    this.cancelLongPress();
    if (this.gesture === "dragging") this.say(this.options.position(event), 0);
    this.gesture = "done";
    this.lift(event);
  }

  private lift(event: PointerEvent): void {
    this.fingers.delete(event.pointerId);
    if (this.gesture === "scrolling") this.gesture = "done";
    if (this.fingers.size === 0) this.gesture = "none";
  }

  /** A click of this button where the first finger came down. */
  private finish(button: number): void {
    this.cancelLongPress();
    this.gesture = "done";
    for (const buttons of [0, button, 0]) this.say(this.at, buttons);
  }

  private say(position: Position, buttons: number): void {
    this.options.output.pointer(position, buttons);
  }
}

function centre(fingers: ReadonlyMap<number, Point>): Point {
  const points = [...fingers.values()];
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
  return {
    clientX: mean(points.map(({ clientX }) => clientX)),
    clientY: mean(points.map(({ clientY }) => clientY)),
  };
}

function isApart(one: Point, other: Point): boolean {
  return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) > SLOP;
}
