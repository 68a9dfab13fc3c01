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

/** Calls `changed` at every change of the element's size or its pixels', and `settled` once it has come to rest. */
export function watchSize(
  element: Element,
  timers: Timers,
  events: { readonly changed: () => void; readonly settled: () => void },
): Cancel {
  // The element's own window's: that of a window that is out of sight would not look.
  const view = element.ownerDocument.defaultView ?? window;
  const closing = new AbortController();
  let cancel: Cancel = () => undefined;
  const changed = (): void => {
    events.changed();
    cancel();
    cancel = timers.after(SETTLE_MS, events.settled);
  };
  const observer = new view.ResizeObserver(changed);
  observer.observe(element);
  watchScale(view, changed, closing.signal);
  return () => {
    cancel();
    closing.abort();
    observer.disconnect();
  };
}

/** A window keeps its size in CSS pixels when it is dragged to a display of another scale. */
function watchScale(view: Window, changed: () => void, signal: AbortSignal): void {
  const again = (): void => {
    changed();
    watchScale(view, changed, signal);
  };
  const same = view.matchMedia(`(resolution: ${view.devicePixelRatio}dppx)`);
  same.addEventListener("change", again, { once: true, signal });
}

function even(length: number): number {
  return Math.floor(length / 2) * 2;
}
