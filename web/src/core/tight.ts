/**
 * Tight rectangles (RFC 6143's registry, as TigerVNC writes them) without JPEG and gradient, which
 * would not be exact and are not asked for.
 */

import { Inflate } from "pako";
import type { Area } from "./area";
import { OPAQUE, type Framebuffer } from "./framebuffer";
import { Reader } from "./reader";

const FILL = 8;
const FILTER_FOLLOWS = 4;
const COPY_FILTER = 0;
const PALETTE_FILTER = 1;
const RAW_BELOW_BYTES = 12;
const CHUNK_BYTES = 16_384;
const SYNC_FLUSH = 2;

export class Tight {
  private readonly streams: (Deflated | null)[] = [null, null, null, null];

  /** What is compressed from now on knows nothing of what came before. */
  reset(): void {
    this.streams.fill(null);
  }

  /** Draws the rectangle that the reader stands at; throws a RangeError if it is none of these. */
  draw(area: Area, reader: Reader, screen: Framebuffer): void {
    const control = reader.u8();
    for (let stream = 0; stream < 4; stream += 1) {
      if ((control >> stream) & 1) this.streams[stream] = null;
    }
    const kind = control >> 4;
    if (kind === FILL) {
      screen.fill(area, colour(reader.bytes(3), 0));
      return;
    }
    if (kind > FILL) throw new RangeError(`a Tight rectangle of kind ${kind}`);
    const palette = (kind & FILTER_FOLLOWS) === 0 ? null : paletteOf(reader);
    const size = rowBytes(area.width, palette) * area.height;
    const bytes =
      size < RAW_BELOW_BYTES ? reader.bytes(size) : this.inflated(kind & 3, reader, size);
    if (palette === null) drawColours(area, bytes, screen);
    else if (palette.length === 2) drawTwoColours(area, bytes, palette, screen);
    else drawPalette(area, bytes, palette, screen);
  }

  private inflated(stream: number, reader: Reader, size: number): Uint8Array {
    const deflated = (this.streams[stream] ??= new Deflated());
    return deflated.next(reader.bytes(reader.compactLength()), size);
  }
}

/** One of the four streams, of which each rectangle has the next part. */
class Deflated {
  private readonly inflate = new Inflate({ chunkSize: CHUNK_BYTES });
  private room = new Uint8Array(0);
  private filled = 0;

  constructor() {
    this.inflate.onData = (chunk) => {
      if (!(chunk instanceof Uint8Array)) return;
      this.room.set(chunk, this.filled); // a RangeError if it is more than there should be
      this.filled += chunk.length;
    };
  }

  next(part: Uint8Array, size: number): Uint8Array {
    if (this.room.length < size) this.room = new Uint8Array(size);
    this.filled = 0;
    const isWell = this.inflate.push(part, SYNC_FLUSH);
    if (!isWell || this.filled !== size) throw new RangeError("a Tight stream is broken");
    return this.room;
  }
}

/** The palette's pixels, or null if the filter leaves colours as they are. */
function paletteOf(reader: Reader): Uint32Array | null {
  const filter = reader.u8();
  if (filter === COPY_FILTER) return null;
  if (filter !== PALETTE_FILTER) throw new RangeError(`a Tight rectangle with filter ${filter}`);
  const count = reader.u8() + 1;
  const bytes = reader.bytes(3 * count);
  return Uint32Array.from({ length: count }, (_, index) => colour(bytes, 3 * index));
}

function rowBytes(width: number, palette: Uint32Array | null): number {
  if (palette === null) return 3 * width;
  return palette.length === 2 ? (width + 7) >> 3 : width;
}

function colour(bytes: Uint8Array, at: number): number {
  const [red = 0, green = 0, blue = 0] = bytes.subarray(at, at + 3);
  return (OPAQUE | (blue << 16) | (green << 8) | red) >>> 0;
}

function drawColours(area: Area, bytes: Uint8Array, screen: Framebuffer): void {
  const pixels = screen.pixels;
  let from = 0;
  for (let row = 0; row < area.height; row += 1) {
    const end = screen.at(area, row) + area.width;
    for (let at = end - area.width; at < end; at += 1, from += 3) {
      pixels[at] =
        OPAQUE | ((bytes[from + 2] ?? 0) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from] ?? 0);
    }
  }
}

function drawTwoColours(
  area: Area,
  bytes: Uint8Array,
  palette: Uint32Array,
  screen: Framebuffer,
): void {
  const pixels = screen.pixels;
  const length = (area.width + 7) >> 3;
  for (let row = 0; row < area.height; row += 1) {
    const at = screen.at(area, row);
    for (let column = 0; column < area.width; column += 1) {
      const bits = bytes[row * length + (column >> 3)] ?? 0;
      pixels[at + column] = palette[(bits >> (7 - (column & 7))) & 1] ?? 0;
    }
  }
}

function drawPalette(
  area: Area,
  bytes: Uint8Array,
  palette: Uint32Array,
  screen: Framebuffer,
): void {
  const pixels = screen.pixels;
  let from = 0;
  for (let row = 0; row < area.height; row += 1) {
    const at = screen.at(area, row);
    for (let column = 0; column < area.width; column += 1, from += 1) {
      pixels[at + column] = palette[bytes[from] ?? 0] ?? 0;
    }
  }
}
