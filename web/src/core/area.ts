/** Rectangles of the screen, in pixels. */

import type { Size } from "./incoming";

export interface Area extends Size {
  readonly x: number;
  readonly y: number;
}

export function isEmpty({ width, height }: Size): boolean {
  return width <= 0 || height <= 0;
}

/** Whether they are the same place. */
export function isSame(one: Area, other: Area): boolean {
  const isThere = one.x === other.x && one.y === other.y;
  return isThere && one.width === other.width && one.height === other.height;
}

/** Whether the pixel is in the area. */
export function holds(area: Area, { x, y }: Pick<Area, "x" | "y">): boolean {
  const [right, bottom] = [area.x + area.width, area.y + area.height];
  return x >= area.x && x < right && y >= area.y && y < bottom;
}

/** What both have in common, which may be empty. */
export function common(one: Area, other: Area): Area {
  const x = Math.max(one.x, other.x);
  const y = Math.max(one.y, other.y);
  const right = Math.min(one.x + one.width, other.x + other.width);
  const bottom = Math.min(one.y + one.height, other.y + other.height);
  return { x, y, width: right - x, height: bottom - y };
}

/** The parts of an area that are not in the hole. */
export function around(area: Area, hole: Area): readonly Area[] {
  const inner = common(area, hole);
  if (isEmpty(inner)) return [area];
  const right = inner.x + inner.width;
  const bottom = inner.y + inner.height;
  const pieces: readonly Area[] = [
    { ...area, height: inner.y - area.y },
    { ...area, y: bottom, height: area.y + area.height - bottom },
    { ...inner, x: area.x, width: inner.x - area.x },
    { ...inner, x: right, width: area.x + area.width - right },
  ];
  return pieces.filter((piece) => !isEmpty(piece));
}

/** What of an area is left when its top has been cut off down to here. */
export function below(area: Area, y: number): Area {
  const top = Math.max(area.y, y);
  return { ...area, y: top, height: area.y + area.height - top };
}
