/** The canvas that shows the remote screen: its size, its place on the page, its pixels. */

import type { Area } from "./area";
import type { Framebuffer } from "./framebuffer";
import type { Size } from "./incoming";
import type { Position } from "./outgoing";

/** A gap of this many CSS pixels is better than a picture that is scaled by a hair and blurred. */
const EXACT_GAP = 4;

export class Screen {
  readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private available: Size = { width: 0, height: 0 };
  private scale = 1;
  /** The pixels put last, as a canvas takes them. */
  private image: ImageData | null = null;
  /** Called when the picture has another place or scale. */
  onplaced: (() => void) | null = null;

  constructor(canvas: HTMLCanvasElement) {
    // Decoded and drawn at 1280x720 in 4.7 ms; by a bitmaprenderer context it took 7 ms.
    const context = canvas.getContext("2d", { alpha: false, desynchronized: true });
    if (context === null) throw new Error("This browser gives the page no canvas to draw on.");
    this.canvas = canvas;
    this.context = context;
  }

  /** CSS pixels that one pixel of the remote screen takes. */
  get ratio(): number {
    return placement(this.canvas, this.available, this.scale).ratio;
  }

  /** Takes on the remote screen's size; the picture is blank until the next draw. */
  resize({ width, height }: Size): void {
    if (width === this.canvas.width && height === this.canvas.height) return;
    if (width === 0 || height === 0) return;
    this.canvas.width = width;
    this.canvas.height = height;
    this.place();
  }

  /** Places the picture in an area of so many CSS pixels, `scale` device pixels each. */
  fit(available: Size, scale: number): void {
    this.available = available;
    this.scale = scale;
    this.place();
  }

  draw(image: CanvasImageSource, x: number, y: number): void {
    this.context.drawImage(image, x, y);
  }

  /** Shows this area of the picture. */
  put(picture: Framebuffer, { x, y, width, height }: Area): void {
    if (this.image?.data.buffer !== picture.pixels.buffer) {
      const bytes = new Uint8ClampedArray(picture.pixels.buffer);
      this.image = new ImageData(bytes, picture.width, picture.height);
    }
    this.context.putImageData(this.image, 0, 0, x, y, width, height);
  }

  /** The remote screen's pixel under a point of the window, the nearest one if it is outside. */
  position(point: { readonly clientX: number; readonly clientY: number }): Position {
    const box = this.canvas.getBoundingClientRect();
    return {
      x: pixel(point.clientX - box.left, box.width, this.canvas.width),
      y: pixel(point.clientY - box.top, box.height, this.canvas.height),
    };
  }

  private place(): void {
    const { ratio, left, top } = placement(this.canvas, this.available, this.scale);
    const style = this.canvas.style;
    style.width = `${this.canvas.width * ratio}px`;
    style.height = `${this.canvas.height * ratio}px`;
    style.left = `${left}px`;
    style.top = `${top}px`;
    this.onplaced?.();
  }
}

function pixel(offset: number, length: number, pixels: number): number {
  if (length === 0) return 0;
  const at = Math.floor((offset / length) * pixels);
  return Math.min(Math.max(at, 0), pixels - 1);
}

/** How a picture sits in an area: device pixel on device pixel if that about fills it, else scaled. */
export function placement(
  picture: Size,
  available: Size,
  scale: number,
): { readonly ratio: number; readonly left: number; readonly top: number } {
  const gapX = available.width - picture.width / scale;
  const gapY = available.height - picture.height / scale;
  const isExact = [gapX, gapY].every((gap) => gap >= 0 && gap < EXACT_GAP);
  if (isExact) return { ratio: 1 / scale, left: 0, top: 0 };
  const ratio = Math.min(available.width / picture.width, available.height / picture.height);
  return {
    ratio,
    left: Math.floor((available.width - picture.width * ratio) / 2),
    top: Math.floor((available.height - picture.height * ratio) / 2),
  };
}
