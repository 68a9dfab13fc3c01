/** The pointer and the wheel over the picture; fingers are Touch's. */

import type { Position } from "./outgoing";
import type { Timers } from "./timers";
import { Notches } from "./wheel";

export interface PointerOutput {
  pointer(position: Position, buttons: number): void;
  wheel(dx: number, dy: number): void;
  /** Whether what has been sent has not left yet: moves in between can be spared. */
  isCongested(): boolean;
}

export interface PointerOptions {
  readonly element: HTMLElement;
  readonly output: PointerOutput;
  readonly position: (event: MouseEvent) => Position;
  readonly timers: Timers;
  readonly signal: AbortSignal;
  /** Called at each press, before it is sent. */
  readonly pressed: (event: PointerEvent) => void;
}

/** A mouse may report a thousand times a second; an X server's client sees no more than this. */
const SHORTEST_INTERVAL_MS = 4;
const RETRY_MS = 30;

export class Pointer {
  private readonly options: PointerOptions;
  private readonly notches = new Notches();
  private sent: (Position & { readonly buttons: number }) | null = null;
  private sent_at = Number.NEGATIVE_INFINITY;
  private held: (Position & { readonly buttons: number }) | null = null;

  constructor(options: PointerOptions) {
    this.options = options;
    this.listen();
  }

  private listen(): void {
    const { element, signal } = this.options;
    const on = <K extends keyof HTMLElementEventMap>(
      type: K,
      listener: (event: HTMLElementEventMap[K]) => void,
    ): void => {
      element.addEventListener(
        type,
        (event) => {
          if (!isTouch(event)) listener(event);
        },
        { signal, passive: false },
      );
    };
    on("pointerdown", (event) => {
      this.press(event);
    });
    on("pointerup", (event) => {
      this.move(event, true);
    });
    on("pointercancel", (event) => {
      this.send({ ...this.options.position(event), buttons: 0 });
    });
    on("pointermove", (event) => {
      this.move(event, false);
    });
    // Not held back until the next drawing of the page, as pointermove is.
    on("pointerrawupdate", (event) => {
      if (isOfPointer(event) && this.isDue()) this.move(event, false);
    });
    // It may be moved by another window meanwhile.
    on("pointerleave", () => {
      this.sent = null;
    });
    on("wheel", (event) => {
      this.turn(event);
    });
    for (const type of ["contextmenu", "dragstart", "selectstart"]) {
      element.addEventListener(type, prevent, { signal });
    }
  }

  private press(event: PointerEvent): void {
    if (!event.isPrimary) return;
    event.preventDefault();
    this.options.element.setPointerCapture(event.pointerId);
    this.options.pressed(event);
    this.move(event, true);
  }

  /** A second button pressed while one is held comes as a move, too. */
  private move(event: PointerEvent, isUrgent: boolean): void {
    if (!event.isPrimary) return;
    const now = { ...this.options.position(event), buttons: buttonMask(event.buttons) };
    const isSame =
      this.sent?.x === now.x && this.sent.y === now.y && this.sent.buttons === now.buttons;
    if (isSame) return;
    const changesButtons = now.buttons !== (this.sent?.buttons ?? 0);
    if (isUrgent || changesButtons || !this.options.output.isCongested()) this.send(now);
    else this.hold(now);
  }

  private send(state: Position & { readonly buttons: number }): void {
    this.held = null;
    this.sent = state;
    this.sent_at = this.options.timers.now();
    this.options.output.pointer({ x: state.x, y: state.y }, state.buttons);
  }

  /** Only the latest place is kept, and sent when there is room. */
  private hold(state: Position & { readonly buttons: number }): void {
    const isWaiting = this.held !== null;
    this.held = state;
    if (!isWaiting) this.retryLater();
  }

  private retryLater(): void {
    this.options.timers.after(RETRY_MS, () => {
      if (this.held === null || this.options.signal.aborted) return;
      if (this.options.output.isCongested()) this.retryLater();
      else this.send(this.held);
    });
  }

  private turn(event: WheelEvent): void {
    event.preventDefault();
    const { dx, dy } = this.notches.turned(event);
    if (dx !== 0 || dy !== 0) this.options.output.wheel(dx, dy);
  }

  private isDue(): boolean {
    return this.options.timers.now() - this.sent_at >= SHORTEST_INTERVAL_MS;
  }
}

/** The DOM's button bits (left, right, middle, back, forward) in the stream's order. */
export function buttonMask(buttons: number): number {
  const right = (buttons & 2) << 1;
  const middle = (buttons & 4) >> 1;
  return (buttons & 0b11001) | right | middle;
}

/** Whether it is a PointerEvent, of whichever window. */
export function isOfPointer(event: Event): event is PointerEvent {
  return "pointerType" in event;
}

function isTouch(event: Event): boolean {
  return isOfPointer(event) && event.pointerType === "touch";
}

function prevent(event: Event): void {
  event.preventDefault();
}
