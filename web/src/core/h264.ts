/** H.264 by WebCodecs: whole frames in Annex B form. */

import { codecString, sequenceParameters } from "./annexb";
import type { Decoder, DecoderEvents } from "./decoder";
import type { Frame } from "./incoming";

type Configuration = Pick<VideoDecoderConfig, "codec" | "optimizeForLatency">;

/** High profile, level 5.1: the most that an agent sends. */
const PROBE: Configuration = { codec: "avc1.640033", optimizeForLatency: true };

/** Whether this browser decodes what an agent may send. It does not outside a secure context. */
export async function canDecodeH264(): Promise<boolean> {
  if (!("VideoDecoder" in globalThis)) return false;
  try {
    return (await VideoDecoder.isConfigSupported(PROBE)).supported === true;
  } catch (error) {
    if (error instanceof DOMException || error instanceof TypeError) return false;
    throw error;
  }
}

export class H264Decoder implements Decoder {
  private readonly events: DecoderEvents;
  private decoder: VideoDecoder | null = null;
  private parameters = "";
  /** Frames within the decoder by timestamp, in the order of decoding. */
  private readonly pending = new Map<number, Frame>();
  private timestamp = 0;

  constructor(events: DecoderEvents) {
    this.events = events;
  }

  decode(frame: Frame): void {
    try {
      if (frame.key) this.configure(frame.payload);
      this.enqueue(frame);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.fail(error);
      this.events.settled(frame.id);
    }
  }

  close(): void {
    const given_up = [...this.pending.values()];
    this.pending.clear();
    if (this.decoder !== null && this.decoder.state !== "closed") this.decoder.close();
    this.decoder = null;
    this.parameters = "";
    for (const frame of given_up) this.events.settled(frame.id);
  }

  private configure(payload: Uint8Array): void {
    const parameters = sequenceParameters(payload);
    if (parameters === null || parameters.join() === this.parameters) return;
    this.decoder ??= this.create();
    this.decoder.configure({ codec: codecString(parameters), optimizeForLatency: true });
    this.parameters = parameters.join();
  }

  private create(): VideoDecoder {
    return new VideoDecoder({
      output: (picture) => {
        this.show(picture);
      },
      error: (error) => {
        this.fail(error);
      },
    });
  }

  private enqueue(frame: Frame): void {
    if (this.decoder === null) {
      this.events.settled(frame.id); // it builds on a picture that we never had
      return;
    }
    this.timestamp += 1;
    const chunk = new EncodedVideoChunk({
      type: frame.key ? "key" : "delta",
      timestamp: this.timestamp,
      data: frame.payload,
    });
    this.decoder.decode(chunk);
    this.pending.set(this.timestamp, frame);
  }

  private show(picture: VideoFrame): void {
    const frame = this.pending.get(picture.timestamp);
    if (frame !== undefined) {
      this.pending.delete(picture.timestamp);
      this.events.draw(picture, frame);
      this.events.settled(frame.id);
    }
    picture.close();
  }

  private fail(cause: unknown): void {
    this.close();
    this.events.failed(cause);
  }
}
