/** A canvas that shows one monitor of the remote screen: its size, its place, its pixels. */

import { isEmpty, isSame, type Area } from "./area";
import type { Framebuffer } from "./framebuffer";
import type { Size } from "./incoming";
import type { Position } from "./outgoing";

/** A point of a window in CSS pixels, and where on the user's own display it is. */
export type Point = Readonly<Record<"clientX" | "clientY" | "screenX" | "screenY", number>>;

/** A gap of this many CSS pixels is better than a picture that is scaled by a hair and blurred. */
const EXACT_GAP = 4;

export class Screen {
  readonly canvas: HTMLCanvasElement;
  /** The part of the remote screen that it shows; empty while there is none for it. */
  area: Area = { x: 0, y: 0, width: 0, height: 0 };
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

  /** Shows this part of the remote screen from now on; whether it has to be drawn anew. */
  show(area: Area): boolean {
    const isNews = !isSame(area, this.area) && !isEmpty(area);
    this.area = area;
    const { width, height } = this.canvas;
    if (isNews && (width !== area.width || height !== area.height)) {
      this.canvas.width = area.width; // which blanks it
      this.canvas.height = area.height;
      this.place();
    }
    return isNews;
  }

  /** Places the picture in an area of so many CSS pixels, `scale` device pixels each. */
  fit(available: Size, scale: number): void {
    this.available = available;
    this.scale = scale;
    this.place();
  }

  /** Draws the image at this place of the remote screen. */
  draw(image: CanvasImageSource, { x, y }: Area): void {
    this.context.drawImage(image, x - this.area.x, y - this.area.y);
  }

  /** Shows this area of the picture, which is within its own. */
  put(picture: Framebuffer, { x, y, width, height }: Area): void {
    if (this.image?.data.buffer !== picture.pixels.buffer) {
      const bytes = new Uint8ClampedArray(picture.pixels.buffer);
      this.image = new ImageData(bytes, picture.width, picture.height);
    }
    this.context.putImageData(this.image, -this.area.x, -this.area.y, x, y, width, height);
  }

  /** Whether the point, of its own window, is within that window. */
  isInWindow({ clientX, clientY }: Point): boolean {
    const { innerWidth, innerHeight } = this.window;
    return clientX >= 0 && clientY >= 0 && clientX < innerWidth && clientY < innerHeight;
  }

  /** The remote screen's pixel under a point of its own window; beyond its area if that is so. */
  pixel({ clientX, clientY }: Pick<Point, "clientX" | "clientY">): Position {
    const box = this.canvas.getBoundingClientRect();
    return {
      x: this.area.x + scaled(clientX - box.left, box.width, this.area.width),
      y: this.area.y + scaled(clientY - box.top, box.height, this.area.height),
    };
  }

  /** The same under a point of another window, by the user's display; to some pixels. */
  pixelElsewhere({ screenX, screenY }: Point): Position {
    const { window } = this;
    const border = (window.outerWidth - window.innerWidth) / 2;
    const above = window.outerHeight - window.innerHeight; // browsers do not tell it exactly
    return this.pixel({
      clientX: screenX - window.screenX - border,
      clientY: screenY - window.screenY - above,
    });
  }

  private get window(): Window {
    return this.canvas.ownerDocument.defaultView ?? window;
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

function scaled(offset: number, length: number, pixels: number): number {
  return length === 0 ? 0 : Math.floor((offset / length) * pixels);
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
