/** A streaming session as the browser lives it: connection, picture, cursor and input in one. */

import { Arrivals } from "./arrivals";
import { Connection, type Socket } from "./connection";
import { cssCursor } from "./cursor";
import type { Decoder, DecoderEvents } from "./decoder";
import { H264Decoder } from "./h264";
import type { Feature } from "./feature";
import {
  parse,
  type CursorImage,
  type End,
  type Incoming,
  type Notice,
  type SessionNews,
  type Welcome,
} from "./incoming";
import { Input } from "./input";
import { JpegDecoder } from "./jpeg";
import { asRecord } from "./json";
import { Monitors, type Monitor } from "./monitors";
import * as say from "./outgoing";
import type { Bytes, CodecName, View } from "./outgoing";
import type { PasteTarget } from "./pasting";
import { isOfPicture, Picture, type PictureMessage } from "./picture";
import { Codec, FromAgent } from "./tags";
import type { Timers } from "./timers";
import { Vitals, type Measures } from "./vitals";

export interface StreamEvents {
  /** An agent serves this session; again after every reconnection. */
  welcomed(welcome: Welcome): void;
  /** A frame has been drawn, the `count`th of this page. */
  drawn(count: number): void;
  running(applications: readonly string[]): void;
  measured(measures: Measures): void;
  noticed(notice: Notice): void;
  informed(session: SessionNews): void;
  /** The connection is lost and is being made again. */
  lost(attempt: number): void;
  ended(end: End): void;
  refused(code: number): void;
  /** The user wants the page's own controls. */
  left(): void;
}

export interface StreamOptions {
  readonly first: Monitor;
  readonly view: () => View;
  readonly codecs: readonly CodecName[];
  readonly features: readonly Feature[];
  /** Takes what is pasted into the field. */
  readonly paste: PasteTarget;
  /** Whether Command stands for Control on a Mac. */
  readonly commandIsControl: () => boolean;
  readonly openSocket: () => Socket;
  readonly timers: Timers;
  readonly events: StreamEvents;
}

const CONGESTED_BYTES = 1024;

const decoders: ReadonlyMap<number, (events: DecoderEvents) => Decoder> = new Map<
  number,
  (events: DecoderEvents) => Decoder
>([
  [Codec.H264, (events) => new H264Decoder(events)],
  [Codec.JPEG, (events) => new JpegDecoder(events)],
]);

export class Stream {
  private readonly options: StreamOptions;
  private readonly connection: Connection;
  private readonly monitors: Monitors;
  private readonly picture: Picture;
  private readonly vitals: Vitals;
  private readonly arrivals: Arrivals;
  private readonly input: Input;
  private readonly closing = new AbortController();
  private codecs: readonly CodecName[];
  private cursor: CursorImage | null = null;
  private frames = 0;
  /** What the agent knows of the page's size. */
  private told: View | null = null;

  constructor(options: StreamOptions) {
    this.options = options;
    this.codecs = options.codecs;
    this.monitors = new Monitors(options.first.screen);
    this.connection = this.createConnection();
    this.arrivals = new Arrivals(options.timers);
    this.picture = this.createPicture();
    this.vitals = new Vitals({
      timers: options.timers,
      ping: (sent) => {
        this.send(say.ping(sent));
      },
      measured: (measures) => {
        options.events.measured(measures);
      },
      stalled: () => {
        this.connection.drop();
      },
    });
    this.input = this.createInput();
    this.attach(options.first, this.closing.signal);
  }

  /** Connects, or connects again at once. */
  open(): void {
    this.reset();
    this.connection.open();
  }

  /** The page was away, or the network: connects now if it has to, and finds out if it has to. */
  wake(): void {
    this.connection.hurry();
    this.vitals.woke();
  }

  /** Ends the connection and the input for good; the last picture stays. */
  close(): void {
    this.closing.abort();
    this.connection.close();
    this.reset();
  }

  launch(application: string): void {
    this.send(say.launch(application));
  }

  /** Presses these keys together, such as those that the browser keeps to itself. */
  chord(keysyms: readonly number[]): void {
    this.input.chord(keysyms);
  }

  /** The page may be able to show another size now. */
  resize(): void {
    const view = this.options.view();
    if (JSON.stringify(view) === JSON.stringify(this.told)) return;
    this.told = view;
    this.send(say.resize(view));
  }

  /** The second monitor, which the view tells of, is shown here and takes input until the signal. */
  extend(second: Monitor, closed: AbortSignal): void {
    this.monitors.extend(second.screen);
    this.attach(second, closed);
    this.resize();
    closed.addEventListener("abort", () => {
      this.monitors.extend(null);
      this.resize();
    });
  }

  private attach(monitor: Monitor, closed: AbortSignal): void {
    this.input.listen(monitor, closed);
    monitor.screen.onplaced = () => {
      this.showCursor();
    };
  }

  private createConnection(): Connection {
    const { events, openSocket, timers } = this.options;
    return new Connection({
      openSocket,
      timers,
      events: {
        opened: () => {
          this.told = this.options.view();
          this.send(say.hello(this.told, this.codecs));
          this.vitals.opened();
        },
        message: (data) => {
          this.hear(data);
        },
        lost: (attempt) => {
          this.reset();
          events.lost(attempt);
        },
        refused: (code) => {
          this.close();
          events.refused(code);
        },
      },
    });
  }

  private createPicture(): Picture {
    return new Picture({
      surface: this.monitors,
      decoders,
      timers: this.options.timers,
      events: {
        settled: (id) => {
          this.send(say.acknowledge(id, this.arrivals.elapsed_ms(id)));
        },
        drawn: () => {
          this.frames += 1;
          this.vitals.drawn();
          this.options.events.drawn(this.frames);
        },
        broken: () => {
          this.send(say.refresh());
        },
        unusable: () => {
          this.codecs = ["jpeg"];
          this.open();
        },
      },
    });
  }

  private createInput(): Input {
    const { timers, paste, commandIsControl, events } = this.options;
    return new Input({
      timers,
      paste,
      commandIsControl,
      position: (screen, pointer) => this.monitors.position(screen, pointer),
      send: (message) => {
        this.send(message);
      },
      isCongested: () => this.connection.backlog_bytes > CONGESTED_BYTES,
      events: {
        acted: () => {
          this.vitals.acted();
        },
        struck: () => {
          this.vitals.struck();
        },
        left: () => {
          events.left();
        },
      },
    });
  }

  private hear(data: ArrayBuffer): void {
    const view = new DataView(data);
    const tag = view.getUint8(0);
    this.vitals.heard(data.byteLength, { isPong: tag === FromAgent.PONG });
    const feature = this.options.features.find(({ tags }) => tags.includes(tag));
    if (feature !== undefined) {
      feature.hear(view);
      return;
    }
    const message = parse(data);
    if (message === null) return;
    if (isOfPicture(message)) this.see(message);
    else this.receive(message);
  }

  private see(message: PictureMessage): void {
    if (message.type === "frame") this.arrivals.note(message.frame.id);
    if (message.type === "rectangles") this.arrivals.note(message.rectangles.id);
    this.picture.hear(message);
  }

  private receive(message: Exclude<Incoming, PictureMessage>): void {
    const { events } = this.options;
    switch (message.type) {
      case "cursor":
        this.cursor = message.cursor;
        this.showCursor();
        break;
      case "pong":
        this.vitals.ponged(message.sent);
        break;
      case "running":
        events.running(message.applications);
        break;
      case "notice":
        events.noticed(message.notice);
        break;
      case "session":
        events.informed(message.session);
        break;
      case "welcome":
        this.welcome(message.welcome);
        break;
      case "end":
        this.close();
        events.ended(message.end);
        break;
    }
  }

  private welcome(welcome: Welcome): void {
    this.connection.confirm();
    this.picture.resize(welcome);
    for (const feature of this.options.features) {
      feature.welcomed(asRecord(welcome.features[feature.name]), (message) => {
        this.send(message);
      });
    }
    this.options.events.welcomed(welcome);
  }

  /** Shows the remote cursor at the scale that the picture has now. */
  private showCursor(): void {
    if (this.cursor === null) return;
    for (const { canvas, ratio } of this.monitors.screens) {
      canvas.style.cursor = cssCursor(this.cursor, ratio);
    }
  }

  private send(message: Bytes): void {
    this.connection.send(message);
  }

  /** What was under way on one connection means nothing on the next. */
  private reset(): void {
    this.vitals.lost();
    this.picture.reset();
    this.arrivals.forget();
    this.input.forget();
    for (const feature of this.options.features) feature.lost();
  }
}
