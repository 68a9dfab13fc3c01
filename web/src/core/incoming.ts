/** What the browser hears, from bytes to values. */

import { asList, asNumber, asRecord, asText } from "./json";
import type { Area } from "./area";
import { FrameFlag, FromAgent, RectanglesFlag, ToBrowser } from "./tags";

export interface Application {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly icon: string;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The remote screen's size, and its monitors from left to right. */
export interface Layout extends Size {
  readonly screens: readonly Area[];
}

export interface Welcome extends Layout {
  readonly view: string;
  readonly applications: readonly Application[];
  readonly running: readonly string[];
  /** What has been started and has not shown a window yet. */
  readonly starting: readonly string[];
  /** What the agent tells of each feature, by its name. */
  readonly features: Readonly<Record<string, unknown>>;
}

/** One picture, or one stripe of it. */
export interface Frame extends Area {
  readonly codec: number;
  readonly key: boolean;
  readonly last: boolean;
  readonly id: number;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Exact rectangles, one after the other. */
export interface RectanglesMessage {
  readonly id: number;
  readonly isFresh: boolean;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** RGBA pixels, not premultiplied; width 0 means that no cursor is shown. */
export interface CursorImage extends Size {
  readonly x: number;
  readonly y: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

export interface Notice {
  readonly code: string;
  readonly message: string;
}

export interface SessionNews {
  readonly expires: number;
  /** What will happen, or empty. */
  readonly warning: string;
  /** In how many seconds from now. */
  readonly seconds: number;
}

export interface End {
  readonly reason: string;
  readonly message: string;
  readonly redirectUrl: string;
}

export type Incoming =
  | { readonly type: "welcome"; readonly welcome: Welcome }
  | { readonly type: "frame"; readonly frame: Frame }
  | { readonly type: "rectangles"; readonly rectangles: RectanglesMessage }
  | { readonly type: "exact"; readonly area: Area }
  | { readonly type: "video"; readonly area: Area }
  | { readonly type: "cursor"; readonly cursor: CursorImage }
  | { readonly type: "running"; readonly applications: readonly string[] }
  | { readonly type: "size"; readonly layout: Layout }
  | { readonly type: "notice"; readonly notice: Notice }
  | { readonly type: "pong"; readonly sent: number }
  | { readonly type: "session"; readonly session: SessionNews }
  | { readonly type: "end"; readonly end: End };

const FRAME_HEADER_BYTES = 13;
const RECTANGLES_HEADER_BYTES = 4;
const CURSOR_HEADER_BYTES = 9;

const parsers = new Map<number, (message: DataView<ArrayBuffer>) => Incoming>([
  [FromAgent.WELCOME, (message) => ({ type: "welcome", welcome: welcome(jsonOf(message)) })],
  [FromAgent.FRAME, (message) => ({ type: "frame", frame: frame(message) })],
  [FromAgent.RECTANGLES, (message) => ({ type: "rectangles", rectangles: rectangles(message) })],
  [FromAgent.EXACT, (message) => ({ type: "exact", area: area(message, 1) })],
  [FromAgent.VIDEO, (message) => ({ type: "video", area: area(message, 1) })],
  [FromAgent.CURSOR, (message) => ({ type: "cursor", cursor: cursor(message) })],
  [FromAgent.RUNNING, (message) => ({ type: "running", applications: running(jsonOf(message)) })],
  [FromAgent.SIZE, (message) => ({ type: "size", layout: layout(jsonOf(message)) })],
  [FromAgent.NOTICE, (message) => ({ type: "notice", notice: notice(jsonOf(message)) })],
  [FromAgent.PONG, (message) => ({ type: "pong", sent: message.getFloat64(1) })],
  [ToBrowser.SESSION, (message) => ({ type: "session", session: session(jsonOf(message)) })],
  [ToBrowser.END, (message) => ({ type: "end", end: end(jsonOf(message)) })],
]);

/**
 * The message's meaning; null for a tag that this client does not know, which a newer agent may send.
 * A body that is shorter than its kind demands throws a RangeError, one that is no JSON a SyntaxError.
 */
export function parse(data: ArrayBuffer): Incoming | null {
  const message = new DataView(data);
  const parser = parsers.get(message.getUint8(0));
  return parser === undefined ? null : parser(message);
}

/** The JSON object in a message's body. */
export function jsonOf(message: DataView<ArrayBuffer>): Record<string, unknown> {
  return asRecord(JSON.parse(new TextDecoder().decode(new Uint8Array(message.buffer, 1))));
}

function welcome(body: Record<string, unknown>): Welcome {
  return {
    ...layout(body),
    view: asText(body.view),
    applications: asList(body.applications).map((item) => application(asRecord(item))),
    running: asList(body.running).map(asText),
    starting: asList(body.starting).map(asText),
    features: asRecord(body.features),
  };
}

function application(body: Record<string, unknown>): Application {
  const name = asText(body.name);
  return {
    name,
    displayName: asText(body.displayName) || name,
    description: asText(body.description),
    icon: asText(body.icon),
  };
}

function frame(message: DataView<ArrayBuffer>): Frame {
  const flags = message.getUint8(4);
  return {
    id: message.getUint16(1),
    codec: message.getUint8(3),
    key: (flags & FrameFlag.KEY) !== 0,
    last: (flags & FrameFlag.LAST) !== 0,
    ...area(message, 5),
    payload: new Uint8Array(message.buffer, FRAME_HEADER_BYTES),
  };
}

function rectangles(message: DataView<ArrayBuffer>): RectanglesMessage {
  return {
    id: message.getUint16(1),
    isFresh: (message.getUint8(3) & RectanglesFlag.FRESH) !== 0,
    payload: new Uint8Array(message.buffer, RECTANGLES_HEADER_BYTES),
  };
}

function area(message: DataView<ArrayBuffer>, at: number): Area {
  return {
    x: message.getUint16(at),
    y: message.getUint16(at + 2),
    width: message.getUint16(at + 4),
    height: message.getUint16(at + 6),
  };
}

function cursor(message: DataView<ArrayBuffer>): CursorImage {
  const width = message.getUint16(5);
  const height = message.getUint16(7);
  const bytes = width * height * 4;
  return {
    x: message.getUint16(1),
    y: message.getUint16(3),
    width,
    height,
    pixels: new Uint8ClampedArray(message.buffer, CURSOR_HEADER_BYTES, bytes),
  };
}

function running(body: Record<string, unknown>): readonly string[] {
  return asList(body.applications).map(asText);
}

function layout(body: Record<string, unknown>): Layout {
  const size = { width: asNumber(body.width), height: asNumber(body.height) };
  const told = asList(body.screens).map((item) => screen(asList(item).map(asNumber)));
  return { ...size, screens: told.length > 0 ? told : [{ x: 0, y: 0, ...size }] };
}

function screen([x = 0, y = 0, width = 0, height = 0]: readonly number[]): Area {
  return { x, y, width, height };
}

function notice(body: Record<string, unknown>): Notice {
  return { code: asText(body.code), message: asText(body.message) };
}

function session(body: Record<string, unknown>): SessionNews {
  return {
    expires: asNumber(body.expires),
    warning: asText(body.warning),
    seconds: asNumber(body.seconds),
  };
}

function end(body: Record<string, unknown>): End {
  return {
    reason: asText(body.reason),
    message: asText(body.message),
    redirectUrl: asText(body.redirectUrl),
  };
}

