/** The wheel's movement in 120ths of a notch, whatever the browser measures in. */

/** The part of a WheelEvent that is looked at; browsers add the old `wheelDelta`s. */
export interface WheelMovement {
  readonly deltaX: number;
  readonly deltaY: number;
  readonly deltaMode: number;
  readonly wheelDeltaX?: number;
  readonly wheelDeltaY?: number;
}

const NOTCH = 120;
const LARGEST = 0x7fff;

/** By deltaMode: pixels (100 to a notch), lines (3 to a notch), pages. */
const UNITS = [1.2, 40, NOTCH] as const;

export class Notches {
  private restX = 0;
  private restY = 0;

  /** Whole 120ths since the last call; fractions are kept for the next. */
  turned(event: WheelMovement): { readonly dx: number; readonly dy: number } {
    const x = this.restX + movement(event.deltaX, event.wheelDeltaX, event.deltaMode);
    const y = this.restY + movement(event.deltaY, event.wheelDeltaY, event.deltaMode);
    const dx = whole(x);
    const dy = whole(y);
    this.restX = x - Math.trunc(x);
    this.restY = y - Math.trunc(y);
    return { dx, dy };
  }
}

function movement(delta: number, wheelDelta: number | undefined, mode: number): number {
  // A wheel says its notches there exactly, whatever its pixels to a notch; a touchpad says 120 for
  // 40 pixels, which in an application that scrolls three lines to a notch follows the fingers.
  if (wheelDelta !== undefined && wheelDelta !== 0) return -wheelDelta;
  return delta * (UNITS[mode] ?? 1);
}

function whole(movement: number): number {
  const limited = Math.min(Math.max(Math.trunc(movement), -LARGEST), LARGEST);
  return limited === 0 ? 0 : limited; // not minus zero
}
