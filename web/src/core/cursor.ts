/** The remote screen's cursor as the browser's own: it moves without waiting for the network. */

import type { CursorImage } from "./incoming";

/** Browsers ignore larger cursors. */
const LARGEST = 128;

/** A value for CSS `cursor`; `ratio` is how many CSS pixels a pixel of the remote screen takes. */
export function cssCursor(cursor: CursorImage, ratio: number): string {
  if (cursor.width === 0 || cursor.height === 0) return "none";
  const shrink = Math.min(1, LARGEST / (Math.max(cursor.width, cursor.height) * ratio));
  const size = ratio * shrink;
  const picture = `url(${dataUrl(cursor)})`;
  const image = size === 1 ? picture : `image-set(${picture} ${1 / size}x)`;
  return `${image} ${Math.floor(cursor.x * size)} ${Math.floor(cursor.y * size)}, default`;
}

function dataUrl(cursor: CursorImage): string {
  const canvas = document.createElement("canvas");
  canvas.width = cursor.width;
  canvas.height = cursor.height;
  canvas
    .getContext("2d")
    ?.putImageData(new ImageData(cursor.pixels, cursor.width, cursor.height), 0, 0);
  return canvas.toDataURL("image/png");
}
