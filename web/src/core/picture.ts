/**
 * From the agent's messages to pixels on the screen: exact rectangles everywhere but in a hole, where
 * video plays, by the decoder that its frames' codec wants.
 */

import { around, below, isEmpty, type Area } from "./area";
import type { Decoder, DecoderEvents } from "./decoder";
import { Framebuffer } from "./framebuffer";
import type { Frame, Incoming, Layout, RectanglesMessage } from "./incoming";
import { Rectangles } from "./rectangles";
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

/** What pictures are drawn on. */
export interface Surface {
  /** Takes on this layout; what has no picture then shows what this one has. */
  resize(layout: Layout, picture: Framebuffer): void;
  /** Draws the image at this area, which it fills. */
  draw(image: CanvasImageSource, area: Area): void;
  /** Shows this area of the picture. */
  put(picture: Framebuffer, area: Area): void;
}

export type PictureMessage = Extract<
  Incoming,
  { readonly type: "frame" | "rectangles" | "video" | "exact" | "size" }
>;

const PICTURES: ReadonlySet<string> = new Set(["frame", "rectangles", "video", "exact", "size"]);

export function isOfPicture(message: Incoming): message is PictureMessage {
  return PICTURES.has(message.type);
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
  private readonly exact = new Framebuffer();
  private readonly rectangles = new Rectangles(this.exact);
  private failures_at: readonly number[] = [];
  private next_layout: Layout | null = null;
  /** Where video is shown. What the rectangles say of it is kept for later. */
  private hole: Area | null = null;

  constructor(options: PictureOptions) {
    this.options = options;
  }

  hear(message: PictureMessage): void {
    switch (message.type) {
      case "frame":
        this.show(message.frame);
        break;
      case "rectangles":
        this.draw(message.rectangles);
        break;
      case "video":
        this.hole = message.area; // video is shown here from now on
        break;
      case "exact":
        this.takeBack(message.area);
        break;
      case "size":
        this.resize(message.layout);
        break;
    }
  }

  /** The next picture drawn has this layout. Until then the present one stays, if it is of another size. */
  resize(layout: Layout): void {
    this.next_layout = layout;
    this.hole = null;
    const { width, height } = this.exact;
    if (layout.width === width && layout.height === height) this.takeLayout();
  }

  /** Forgets all that is being decoded: what comes next comes from another connection. */
  reset(): void {
    this.closeDecoders();
    this.hole = null;
  }

  private show(frame: Frame): void {
    const decoder = this.decoders.get(frame.codec) ?? this.create(frame.codec);
    if (decoder !== null) decoder.decode(frame);
    else if (frame.last) this.options.events.settled(frame.id);
  }

  private draw(message: RectanglesMessage): void {
    this.takeLayout();
    try {
      for (const area of this.rectangles.draw(message)) this.put(area);
      this.options.events.drawn();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.options.events.broken();
    }
    this.options.events.settled(message.id);
  }

  /** Here, at the hole's top, the video has ended: what the rectangles have said is shown. */
  private takeBack(area: Area): void {
    this.closeDecoders(); // frames that are late would cover it
    const rest = this.hole === null ? null : below(this.hole, area.y + area.height);
    this.hole = rest === null || isEmpty(rest) ? null : rest;
    this.put(area);
    this.options.events.drawn();
  }

  private closeDecoders(): void {
    for (const decoder of this.decoders.values()) decoder.close();
    this.decoders.clear();
  }

  private put(area: Area): void {
    const shown = this.hole === null ? [area] : around(area, this.hole);
    for (const part of shown) this.options.surface.put(this.exact, part);
  }

  private takeLayout(): void {
    if (this.next_layout === null) return;
    this.exact.resize(this.next_layout);
    this.options.surface.resize(this.next_layout, this.exact);
    this.next_layout = null;
  }

  private create(codec: number): Decoder | null {
    const make = this.options.decoders.get(codec);
    if (make === undefined) return null;
    const decoder = make({
      draw: (image, frame) => {
        this.drawFrame(image, frame);
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

  private drawFrame(image: CanvasImageSource, frame: Frame): void {
    this.takeLayout();
    this.options.surface.draw(image, frame);
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
