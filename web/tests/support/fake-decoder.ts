/** Decoders that decode when the test says so, and fail when it says so. */

import type { Decoder, DecoderEvents } from "../../src/core/decoder";
import type { Frame } from "../../src/core/incoming";

export class FakeDecoder implements Decoder {
  readonly events: DecoderEvents;
  readonly waiting: Frame[] = [];
  isClosed = false;

  constructor(events: DecoderEvents) {
    this.events = events;
  }

  decode(frame: Frame): void {
    this.waiting.push(frame);
  }

  close(): void {
    this.isClosed = true;
  }

  /** Decodes the oldest frame. */
  finish(): void {
    const frame = this.waiting.shift();
    if (frame === undefined) throw new Error("nothing is being decoded");
    this.events.draw({} as ImageBitmap, frame);
    this.events.settled(frame.id);
  }
}

/** A frame of one byte, whole. */
export function aFrame(changes: Partial<Frame> = {}): Frame {
  return {
    codec: 1,
    key: true,
    last: true,
    id: 1,
    x: 0,
    y: 0,
    width: 320,
    height: 200,
    payload: new Uint8Array(1),
    ...changes,
  };
}
