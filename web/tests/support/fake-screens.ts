/** Windows on a display, each with a screen that says what is drawn on it. */

import { Screen } from "../../src/core/screen";

/** Where a window's contents are on the display, and where its canvas is within them. */
export interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** CSS pixels above the canvas, which fills the rest. */
  readonly bar: number;
}

/** A screen in a window at this place, whose frame is 2 pixels wide, and 30 high above. */
export function screenAt({ left, top, width, height, bar }: Place, drawn: string[] = []): Screen {
  const context = {
    drawImage: (_image: unknown, x: number, y: number) => drawn.push(`draw at ${x},${y}`),
    putImageData: (...[, x, y, ...part]: readonly unknown[]) =>
      drawn.push(`put ${part.join(" ")} from ${String(x)},${String(y)}`),
  };
  const view = {
    ...{ screenX: left - 2, screenY: top - 30, innerWidth: width, innerHeight: height },
    ...{ outerWidth: width + 4, outerHeight: height + 30 },
  };
  const canvas = {
    ...{ width: 2, height: 2, style: {}, ownerDocument: { defaultView: view } },
    getContext: () => context,
    getBoundingClientRect: () => new DOMRect(0, bar, width, height - bar),
  };
  return new Screen(canvas as unknown as HTMLCanvasElement);
}
