/** Exact rectangles, drawn on the framebuffer in the order in which they come. */

import type { Area } from "./area";
import type { Framebuffer } from "./framebuffer";
import type { RectanglesMessage } from "./incoming";
import { Reader } from "./reader";
import { Encoding } from "./tags";
import { Tight } from "./tight";

export class Rectangles {
  private readonly screen: Framebuffer;
  private readonly tight = new Tight();

  constructor(screen: Framebuffer) {
    this.screen = screen;
  }

  /** Draws them all, and says where; throws a RangeError if they are not what they should be. */
  draw({ isFresh, payload }: RectanglesMessage): readonly Area[] {
    if (isFresh) this.tight.reset();
    const reader = new Reader(payload);
    const drawn: Area[] = [];
    while (!reader.isAtEnd) drawn.push(this.next(reader));
    return drawn;
  }

  private next(reader: Reader): Area {
    const area = { x: reader.u16(), y: reader.u16(), width: reader.u16(), height: reader.u16() };
    const encoding = reader.i32();
    if (!this.screen.holds(area)) throw new RangeError("a rectangle beyond the screen");
    switch (encoding) {
      case Encoding.COPY:
        this.copy(area, reader.u16(), reader.u16());
        break;
      case Encoding.TIGHT:
        this.tight.draw(area, reader, this.screen);
        break;
      default:
        throw new RangeError(`a rectangle of encoding ${encoding}`);
    }
    return area;
  }

  private copy(area: Area, x: number, y: number): void {
    if (!this.screen.holds({ ...area, x, y })) throw new RangeError("a copy from beyond the screen");
    this.screen.copy(area, x, y);
  }
}
