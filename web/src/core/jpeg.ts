/** JPEG stripes: decoded side by side, drawn in the order in which they came. */

import type { Decoder, DecoderEvents } from "./decoder";
import type { Frame } from "./incoming";

export class JpegDecoder implements Decoder {
  private readonly events: DecoderEvents;
  private readonly waiting: Frame[] = [];
  private readonly pictures = new Map<Frame, ImageBitmap | null>();

  constructor(events: DecoderEvents) {
    this.events = events;
  }

  decode(frame: Frame): void {
    this.waiting.push(frame);
    createImageBitmap(new Blob([frame.payload], { type: "image/jpeg" })).then(
      (picture) => {
        this.decoded(frame, picture);
      },
      (error: unknown) => {
        this.decoded(frame, null);
        this.events.failed(error);
      },
    );
  }

  close(): void {
    const given_up = this.waiting.splice(0);
    for (const picture of this.pictures.values()) picture?.close();
    this.pictures.clear();
    for (const frame of given_up) this.settle(frame);
  }

  private decoded(frame: Frame, picture: ImageBitmap | null): void {
    if (!this.waiting.includes(frame)) {
      picture?.close(); // it was given up meanwhile
      return;
    }
    this.pictures.set(frame, picture);
    this.drawReady();
  }

  private drawReady(): void {
    for (let frame = this.waiting[0]; frame !== undefined; frame = this.waiting[0]) {
      const picture = this.pictures.get(frame);
      if (picture === undefined) return;
      this.waiting.shift();
      this.pictures.delete(frame);
      if (picture !== null) this.events.draw(picture, frame);
      picture?.close();
      this.settle(frame);
    }
  }

  private settle(frame: Frame): void {
    if (frame.last) this.events.settled(frame.id);
  }
}
