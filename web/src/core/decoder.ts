/** What every decoder is, and whom it tells. */

import type { Frame } from "./incoming";

export interface DecoderEvents {
  /** Draws a decoded picture at its frame's place; called in the order of the frames. */
  draw(image: CanvasImageSource, frame: Frame): void;
  /** Called once for each frame's id: it is on the canvas whole, or it has been given up. */
  settled(id: number): void;
  /** What follows cannot be decoded; only a key frame helps. */
  failed(cause: unknown): void;
}

export interface Decoder {
  decode(frame: Frame): void;
  /** Gives up what is being decoded; nothing is drawn after this. */
  close(): void;
}
