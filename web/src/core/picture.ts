/** From encoded frames to pixels on the screen, by the decoder that each frame's codec wants. */

import type { Decoder, DecoderEvents } from "./decoder";
import type { Frame, Size } from "./incoming";
import { Codec } from "./tags";
import type { Timers } from "./timers";

export interface PictureEvents {
  /** The frame is drawn or given up: the agent may send another. */
  settled(id: number): void;
  /** A whole frame has been drawn. */
  drawn(): void;
  /** The picture is broken until a key frame comes. */
  broken(): void;
  /** This codec fails again and again here; another should be used. */
  unusable(codec: number): void;
}

/** The part of a Screen that pictures are drawn on. */
export interface Surface {
  resize(size: Size): void;
  draw(image: CanvasImageSource, x: number, y: number): void;
}

export interface PictureOptions {
  readonly surface: Surface;
  readonly decoders: ReadonlyMap<number, (events: DecoderEvents) => Decoder>;
  readonly events: PictureEvents;
  readonly timers: Timers;
}

const FAILURES_BEARABLE = 3;
const FAILURES_WITHIN_MS = 30_000;

export class Picture {
  private readonly options: PictureOptions;
  private readonly decoders = new Map<number, Decoder>();
  private failures_at: readonly number[] = [];
  private next_size: Size | null = null;

  constructor(options: PictureOptions) {
    this.options = options;
  }

  show(frame: Frame): void {
    const decoder = this.decoders.get(frame.codec) ?? this.create(frame.codec);
    if (decoder !== null) decoder.decode(frame);
    else if (frame.last) this.options.events.settled(frame.id);
  }

  /** The next picture drawn has this size. Until then the present one stays. */
  resize(size: Size): void {
    this.next_size = size;
  }

  /** Forgets all that is being decoded: what comes next comes from another connection. */
  reset(): void {
    for (const decoder of this.decoders.values()) decoder.close();
    this.decoders.clear();
  }

  private create(codec: number): Decoder | null {
    const make = this.options.decoders.get(codec);
    if (make === undefined) return null;
    const decoder = make({
      draw: (image, frame) => {
        this.draw(image, frame);
      },
      settled: (id) => {
        this.options.events.settled(id);
      },
      failed: () => {
        this.failed(codec);
      },
    });
    this.decoders.set(codec, decoder);
    return decoder;
  }

  private draw(image: CanvasImageSource, frame: Frame): void {
    // A whole frame tells its own size; stripes are drawn on the size that was announced.
    const size = frame.codec === Codec.H264 ? frame : this.next_size;
    if (size !== null) this.options.surface.resize(size);
    this.next_size = null;
    this.options.surface.draw(image, frame.x, frame.y);
    if (frame.last || frame.codec === Codec.H264) this.options.events.drawn();
  }

  private failed(codec: number): void {
    const now = this.options.timers.now();
    const recent = this.failures_at.filter((at) => now - at < FAILURES_WITHIN_MS);
    this.failures_at = [...recent, now];
    if (this.failures_at.length < FAILURES_BEARABLE || codec !== Codec.H264) {
      this.options.events.broken();
      return;
    }
    this.failures_at = [];
    this.options.events.unusable(codec);
  }
}
