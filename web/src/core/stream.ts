/** A streaming session as the browser lives it: connection, picture, cursor and input in one. */

import { Connection, type Socket } from "./connection";
import { cssCursor } from "./cursor";
import type { Decoder, DecoderEvents } from "./decoder";
import { H264Decoder } from "./h264";
import type { Feature } from "./feature";
import { Heartbeat } from "./heartbeat";
import {
  parse,
  type CursorImage,
  type End,
  type Incoming,
  type Notice,
  type SessionNews,
  type Welcome,
} from "./incoming";
import { JpegDecoder } from "./jpeg";
import { asRecord } from "./json";
import { Keyboard, platformOf } from "./keyboard";
import * as say from "./outgoing";
import type { CodecName, Viewport } from "./outgoing";
import { Pasting, type PasteTarget } from "./pasting";
import { isOfPicture, Picture, type PictureMessage } from "./picture";
import { Pointer } from "./pointer";
import type { Screen } from "./screen";
import { Codec } from "./tags";
import type { Timers } from "./timers";
import { listenToTyping } from "./typing";

export interface StreamEvents {
  /** An agent serves this session; again after every reconnection. */
  welcomed(welcome: Welcome): void;
  /** A frame has been drawn, the `count`th of this page. */
  drawn(count: number): void;
  running(applications: readonly string[]): void;
  measured(round_trip_ms: number): void;
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
  readonly screen: Screen;
  /** Takes the keyboard's focus; covers nothing. */
  readonly field: HTMLTextAreaElement;
  readonly viewport: () => Viewport;
  readonly codecs: readonly CodecName[];
  readonly features: readonly Feature[];
  /** Takes what is pasted into the field. */
  readonly paste: PasteTarget;
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
  private readonly picture: Picture;
  private readonly heartbeat: Heartbeat;
  private readonly keyboard: Keyboard;
  private readonly pasting: Pasting;
  private readonly closing = new AbortController();
  private codecs: readonly CodecName[];
  private cursor: CursorImage | null = null;
  private frames = 0;
  /** What the agent knows of the page's size. */
  private told: Viewport | null = null;

  constructor(options: StreamOptions) {
    this.options = options;
    this.codecs = options.codecs;
    this.connection = this.createConnection();
    this.picture = this.createPicture();
    this.heartbeat = new Heartbeat({
      timers: options.timers,
      ping: (sent) => {
        this.connection.send(say.ping(sent));
      },
      measured: (round_trip_ms) => {
        options.events.measured(round_trip_ms);
      },
      stalled: () => {
        this.connection.drop();
      },
    });
    const platform = platformOf(navigator.platform);
    this.keyboard = new Keyboard(
      {
        key: (keysym, pressed) => {
          this.connection.send(say.key(keysym, pressed));
        },
        repeat: (keysym) => {
          // The agent repeats nothing by itself: what is late here must not be typed there.
          if (!this.isCongested()) this.connection.send(say.key(keysym, true));
        },
        releaseAll: () => {
          this.connection.send(say.release());
        },
      },
      platform,
    );
    this.pasting = new Pasting({
      keyboard: this.keyboard,
      platform,
      target: options.paste,
      timers: options.timers,
    });
    this.listen();
  }

  /** Connects, or connects again at once. */
  open(): void {
    this.reset();
    this.connection.open();
  }

  /** Connects now if a retry is due later. */
  hurry(): void {
    this.connection.hurry();
  }

  /** Ends the connection and the input for good; the last picture stays. */
  close(): void {
    this.closing.abort();
    this.connection.close();
    this.reset();
  }

  launch(application: string): void {
    this.connection.send(say.launch(application));
  }

  /** The page may be able to show another size now. */
  resize(): void {
    const { width, height, scale } = this.options.viewport();
    const told = this.told;
    if (told?.width === width && told.height === height && told.scale === scale) return;
    this.told = { width, height, scale };
    this.connection.send(say.resize(this.told));
  }

  private createConnection(): Connection {
    const { events, openSocket, timers } = this.options;
    return new Connection({
      openSocket,
      timers,
      events: {
        opened: () => {
          this.told = this.options.viewport();
          this.connection.send(say.hello(this.told, this.codecs));
        },
        message: (data) => {
          this.heartbeat.heard();
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
      surface: this.options.screen,
      decoders,
      timers: this.options.timers,
      events: {
        settled: (id) => {
          this.connection.send(say.acknowledge(id));
        },
        drawn: () => {
          this.frames += 1;
          this.options.events.drawn(this.frames);
        },
        broken: () => {
          this.connection.send(say.refresh());
        },
        unusable: () => {
          this.codecs = ["jpeg"];
          this.open();
        },
      },
    });
  }

  private listen(): void {
    const { screen, field, timers } = this.options;
    screen.onplaced = () => {
      this.showCursor();
    };
    const signal = this.closing.signal;
    listenToTyping({
      field,
      keyboard: this.keyboard,
      pasting: this.pasting,
      leave: () => {
        this.options.events.left();
      },
      signal,
    });
    new Pointer({
      element: screen.canvas,
      timers,
      signal,
      position: (event) => screen.position(event),
      pressed: (event) => {
        field.focus({ preventScroll: true });
        this.keyboard.releaseStale(event);
      },
      output: {
        pointer: (position, buttons) => {
          this.connection.send(say.pointer(position, buttons));
        },
        wheel: (dx, dy) => {
          this.connection.send(say.wheel(dx, dy));
        },
        isCongested: () => this.isCongested(),
      },
    });
  }

  private hear(data: ArrayBuffer): void {
    const view = new DataView(data);
    const feature = this.options.features.find(({ tags }) => tags.includes(view.getUint8(0)));
    if (feature !== undefined) {
      feature.hear(view);
      return;
    }
    const message = parse(data);
    if (message === null) return;
    if (isOfPicture(message)) this.picture.hear(message);
    else this.receive(message);
  }

  private receive(message: Exclude<Incoming, PictureMessage>): void {
    const { events } = this.options;
    switch (message.type) {
      case "cursor":
        this.cursor = message.cursor;
        this.showCursor();
        break;
      case "pong":
        this.heartbeat.pong(message.sent);
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
    this.heartbeat.start();
    for (const feature of this.options.features) {
      feature.welcomed(asRecord(welcome.features[feature.name]), (message) => {
        this.connection.send(message);
      });
    }
    this.options.events.welcomed(welcome);
  }

  /** Shows the remote cursor at the scale that the picture has now. */
  private showCursor(): void {
    if (this.cursor === null) return;
    this.options.screen.canvas.style.cursor = cssCursor(this.cursor, this.options.screen.ratio);
  }

  private isCongested(): boolean {
    return this.connection.backlog_bytes > CONGESTED_BYTES;
  }

  /** What was under way on one connection means nothing on the next. */
  private reset(): void {
    this.heartbeat.stop();
    this.picture.reset();
    this.pasting.forget();
    this.keyboard.forget();
    for (const feature of this.options.features) feature.lost();
  }
}
