/** What picture an element can show, and news of it when that changes. */

import type { Size } from "./incoming";
import type { Viewport } from "./outgoing";
import type { Cancel, Timers } from "./timers";

const LARGEST: Size = { width: 3840, height: 2160 };
const SMALLEST: Size = { width: 320, height: 200 };
const SETTLE_MS = 100;

/** The element's size in device pixels: even, as H.264 wants it, and within the screen's limits. */
export function viewportOf(element: Size, scale: number): Viewport {
  const width = element.width * scale;
  const height = element.height * scale;
  const shrink = Math.min(1, LARGEST.width / width, LARGEST.height / height);
  return {
    width: even(Math.max(width * shrink, SMALLEST.width)),
    height: even(Math.max(height * shrink, SMALLEST.height)),
    scale,
  };
}

/** Calls `changed` at every change of the element's size, and `settled` once it has come to rest. */
export function watchSize(
  element: Element,
  timers: Timers,
  events: { readonly changed: () => void; readonly settled: () => void },
): Cancel {
  let cancel: Cancel = () => undefined;
  const observer = new ResizeObserver(() => {
    events.changed();
    cancel();
    cancel = timers.after(SETTLE_MS, events.settled);
  });
  observer.observe(element);
  return () => {
    cancel();
    observer.disconnect();
  };
}

function even(length: number): number {
  return Math.floor(length / 2) * 2;
}
