/** The remote screen's monitors in the windows of the page: one, or a second one to its right. */

import { common, holds, isEmpty, type Area } from "./area";
import type { Framebuffer } from "./framebuffer";
import type { Layout } from "./incoming";
import type { Position } from "./outgoing";
import type { Surface } from "./picture";
import type { Point, Screen } from "./screen";

/** What a window of the page has of the session. */
export interface Monitor {
  readonly screen: Screen;
  /** Takes the keyboard's focus; covers nothing. */
  readonly field: HTMLTextAreaElement;
}

const NOTHING: Area = { x: 0, y: 0, width: 0, height: 0 };

export class Monitors implements Surface {
  screens: readonly Screen[];
  private readonly first: Screen;
  private whole = NOTHING;

  constructor(first: Screen) {
    this.first = first;
    this.screens = [first];
  }

  /** This one shows the second monitor, once there is one; with null it is alone again. */
  extend(second: Screen | null): void {
    this.screens = second === null ? [this.first] : [this.first, second];
  }

  resize({ width, height, screens }: Layout, picture: Framebuffer): void {
    this.whole = { x: 0, y: 0, width, height };
    this.screens.forEach((screen, index) => {
      if (screen.show(screens[index] ?? NOTHING)) this.putOn(screen, picture, screen.area);
    });
  }

  draw(image: CanvasImageSource, area: Area): void {
    for (const screen of this.screens) {
      if (!isEmpty(common(area, screen.area))) screen.draw(image, area);
    }
  }

  put(picture: Framebuffer, area: Area): void {
    for (const screen of this.screens) this.putOn(screen, picture, area);
  }

  /**
   * The remote screen's pixel under a pointer of which this screen hears. While a button is held that
   * may be outside: then it is the other screen's, if that is under it, or the nearest pixel.
   */
  position(screen: Screen, pointer: Point): Position {
    const own = screen.pixel(pointer);
    if (screen.isInWindow(pointer)) return nearest(own, screen.area);
    const other = this.screens.find((each) => each !== screen);
    const there = other?.pixelElsewhere(pointer);
    if (other !== undefined && there !== undefined && holds(other.area, there)) return there;
    return nearest(own, this.whole);
  }

  private putOn(screen: Screen, picture: Framebuffer, area: Area): void {
    const part = common(area, screen.area);
    if (!isEmpty(part)) screen.put(picture, part);
  }
}

function nearest({ x, y }: Position, area: Area): Position {
  return {
    x: Math.max(area.x, Math.min(x, area.x + area.width - 1)),
    y: Math.max(area.y, Math.min(y, area.y + area.height - 1)),
  };
}
