/** What an agent and a gateway say, as bytes: the other half of src/core/incoming.ts. */

import type { Area } from "../../src/core/area";
import { Codec, FrameFlag, FromAgent, ToBrowser } from "../../src/core/tags";

export interface FrameFields {
  readonly codec: number;
  readonly flags: number;
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const calculator = {
  name: "galculator",
  displayName: "Calculator",
  description: "Adds up",
  icon: "",
};

export function welcome(changes: object = {}): Uint8Array<ArrayBuffer> {
  const body = { version: 2, width: 320, height: 200, codec: "jpeg", view: "DESKTOP" };
  return jsonMessage(FromAgent.WELCOME, {
    ...body,
    applications: [calculator],
    running: [],
    ...changes,
  });
}

export function running(...applications: readonly string[]): Uint8Array<ArrayBuffer> {
  return jsonMessage(FromAgent.RUNNING, { applications });
}

/** The remote screen's size, and its monitors if there are several. */
export function size(
  width: number,
  height: number,
  screens: readonly Area[] = [{ x: 0, y: 0, width, height }],
): Uint8Array<ArrayBuffer> {
  const told = screens.map((screen) => [screen.x, screen.y, screen.width, screen.height]);
  return jsonMessage(FromAgent.SIZE, { width, height, screens: told });
}

export function notice(code: string, message: string): Uint8Array<ArrayBuffer> {
  return jsonMessage(FromAgent.NOTICE, { code, message });
}

export function home(stands: string): Uint8Array<ArrayBuffer> {
  return jsonMessage(FromAgent.FILES, { home: stands });
}

export function sessionNews(warning: string | null, seconds = 0): Uint8Array<ArrayBuffer> {
  return jsonMessage(ToBrowser.SESSION, { expires: 1_800_000_000, warning, seconds });
}

export function end(
  reason: string,
  message: string,
  redirectUrl: string | null = null,
): Uint8Array<ArrayBuffer> {
  return jsonMessage(ToBrowser.END, { reason, message, redirectUrl });
}

/** A whole frame in one message unless `changes` say otherwise. */
export function frame(
  payload: Uint8Array,
  changes: Partial<FrameFields> = {},
): Uint8Array<ArrayBuffer> {
  const fields = { codec: Codec.JPEG, flags: FrameFlag.KEY | FrameFlag.LAST, id: 1, x: 0, y: 0 };
  const { codec, flags, id, x, y, width, height } = {
    ...fields,
    width: 320,
    height: 200,
    ...changes,
  };
  const message = new Uint8Array(13 + payload.length);
  const view = new DataView(message.buffer);
  message[0] = FromAgent.FRAME;
  view.setUint16(1, id);
  message.set([codec, flags], 3);
  [x, y, width, height].forEach((value, index) => {
    view.setUint16(5 + 2 * index, value);
  });
  message.set(payload, 13);
  return message;
}

/** A message that names an area alone, as VIDEO and EXACT do. */
export function area(tag: number, { x, y, width, height }: Area): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(9);
  const view = new DataView(message.buffer);
  message[0] = tag;
  [x, y, width, height].forEach((value, index) => {
    view.setUint16(1 + 2 * index, value);
  });
  return message;
}

export function cursor(
  image: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  pixels: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(9 + pixels.length);
  const view = new DataView(message.buffer);
  message[0] = FromAgent.CURSOR;
  [image.x, image.y, image.width, image.height].forEach((value, index) => {
    view.setUint16(1 + 2 * index, value);
  });
  message.set(pixels, 9);
  return message;
}

/** A packet of sound. */
export function sound(
  packet: Uint8Array,
  { number, flags }: { readonly number: number; readonly flags: number },
): Uint8Array<ArrayBuffer> {
  return new Uint8Array([FromAgent.SOUND, flags, number >> 8, number & 0xff, ...packet]);
}

export function jsonMessage(tag: number, body: object): Uint8Array<ArrayBuffer> {
  return new Uint8Array([tag, ...new TextEncoder().encode(JSON.stringify(body))]);
}

/** The JSON body of a message that the browser sent. */
export function bodyOf(message: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(message.subarray(1)));
}
