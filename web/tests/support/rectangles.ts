/** Rectangles as an X server writes them, compressed by Node's own zlib. */

import { constants, deflateSync } from "node:zlib";
import { FromAgent, RectanglesFlag } from "../../src/core/tags";
import type { Area } from "../../src/core/area";

type Rgb = readonly [number, number, number];

export function copy(area: Area, fromX: number, fromY: number): Uint8Array {
  return rectangle(area, 1, [fromX >> 8, fromX & 255, fromY >> 8, fromY & 255]);
}

export function fill(area: Area, colour: Rgb): Uint8Array {
  return rectangle(area, 7, [0x80, ...colour]);
}

/** Pixels as they are, in a stream that begins with them. */
export function colours(area: Area, pixels: readonly Rgb[]): Uint8Array {
  return rectangle(area, 7, [0x01, ...compressed(pixels.flat())]);
}

export function palette(area: Area, known: readonly Rgb[], rows: readonly number[]): Uint8Array {
  const head = [0x52, 1, known.length - 1, ...known.flat()];
  return rectangle(area, 7, [...head, ...compressed(rows)]);
}

/** Any rectangle's head and body. */
export function rectangle(area: Area, encoding: number, body: readonly number[]): Uint8Array {
  const made = new Uint8Array(12 + body.length);
  const view = new DataView(made.buffer);
  [area.x, area.y, area.width, area.height].forEach((value, index) => {
    view.setUint16(2 * index, value);
  });
  view.setInt32(8, encoding);
  made.set(body, 12);
  return made;
}

/** As much as Tight leaves uncompressed stays so. */
export function compressed(data: readonly number[]): readonly number[] {
  if (data.length < 12) return data;
  const packed = deflateSync(Uint8Array.from(data), { finishFlush: constants.Z_SYNC_FLUSH });
  return [...compactLength(packed.length), ...packed];
}

export function compactLength(length: number): readonly number[] {
  if (length < 0x80) return [length];
  if (length < 0x4000) return [(length & 0x7f) | 0x80, length >> 7];
  return [(length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14];
}

/** The RECTANGLES message. */
export function message(
  id: number,
  rectangles: readonly Uint8Array[],
  flags: number = RectanglesFlag.FRESH,
): Uint8Array<ArrayBuffer> {
  const head = [FromAgent.RECTANGLES, id >> 8, id & 255, flags];
  return Uint8Array.from([...head, ...rectangles.flatMap((one) => [...one])]);
}
