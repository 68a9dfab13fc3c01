/** The remote screen's exact pixels, kept so that they can be moved, and shown again. */

import { common, isEmpty, type Area } from "./area";
import type { Size } from "./incoming";

/** Pixels are 0xAABBGGRR, as a canvas has them on a little-endian machine, which all are. */
export const OPAQUE = 0xff000000;

export class Framebuffer {
  private size: Size = { width: 0, height: 0 };
  private words = new Uint32Array(0);

  get width(): number {
    return this.size.width;
  }

  get height(): number {
    return this.size.height;
  }

  /** The pixels, row by row; another array after another size. */
  get pixels(): Uint32Array<ArrayBuffer> {
    return this.words;
  }

  /** Takes on this size; what fits of the picture stays, the rest is black. */
  resize({ width, height }: Size): void {
    const before = this.words;
    const kept = common({ x: 0, y: 0, width, height }, { x: 0, y: 0, ...this.size });
    const stride = this.width;
    this.size = { width, height };
    this.words = new Uint32Array(width * height).fill(OPAQUE);
    for (let row = 0; row < kept.height; row += 1) {
      this.words.set(before.subarray(row * stride, row * stride + kept.width), row * width);
    }
  }

  /** Whether all of the area is on the screen. */
  holds(area: Area): boolean {
    const isInside = area.x + area.width <= this.width && area.y + area.height <= this.height;
    return isInside && !isEmpty(area);
  }

  fill(area: Area, pixel: number): void {
    for (let row = 0; row < area.height; row += 1) {
      const at = this.at(area, row);
      this.words.fill(pixel, at, at + area.width);
    }
  }

  /** Moves what is at this place of the screen into the area; they may overlap. */
  copy(area: Area, fromX: number, fromY: number): void {
    const isDownwards = area.y > fromY;
    for (let index = 0; index < area.height; index += 1) {
      const row = isDownwards ? area.height - 1 - index : index;
      const from = (fromY + row) * this.width + fromX;
      this.words.copyWithin(this.at(area, row), from, from + area.width);
    }
  }

  /** Where in `pixels` a row of the area begins. */
  at(area: Area, row: number): number {
    return (area.y + row) * this.width + area.x;
  }
}
