/** What the browser says, as bytes. */

import type { Size } from "./incoming";
import { FromBrowser, VERSION } from "./tags";

export type Bytes = Uint8Array<ArrayBuffer>;

export type CodecName = "h264" | "jpeg";

/** The picture that a window can show, in device pixels, and how many of them make a CSS pixel. */
export interface Viewport extends Size {
  readonly scale: number;
}

/** What the page can show; `second` in another window, as a monitor to the right of the first. */
export interface View extends Viewport {
  readonly second: Size | null;
}

export interface Position {
  readonly x: number;
  readonly y: number;
}

export function hello(view: View, codecs: readonly CodecName[]): Bytes {
  return json(FromBrowser.HELLO, { version: VERSION, ...view, codecs });
}

export function resize(view: View): Bytes {
  return json(FromBrowser.RESIZE, view);
}

export function launch(application: string): Bytes {
  return json(FromBrowser.LAUNCH, { application });
}

/** The picture is shown, so long after it came. */
export function acknowledge(picture: number, page_ms: number): Bytes {
  return packed(FromBrowser.ACK, 4, (body) => {
    body.setUint16(0, picture);
    body.setUint16(2, Math.min(Math.round(page_ms), 0xffff));
  });
}

export function key(keysym: number, pressed: boolean): Bytes {
  return packed(FromBrowser.KEY, 5, (body) => {
    body.setUint32(0, keysym);
    body.setUint8(4, pressed ? 1 : 0);
  });
}

/** `buttons`: bit 0 left, 1 middle, 2 right, 3 back, 4 forward. */
export function pointer(position: Position, buttons: number): Bytes {
  return packed(FromBrowser.POINTER, 5, (body) => {
    body.setUint16(0, position.x);
    body.setUint16(2, position.y);
    body.setUint8(4, buttons);
  });
}

/** 120 to a notch; down and right are positive. */
export function wheel(dx: number, dy: number): Bytes {
  return packed(FromBrowser.WHEEL, 4, (body) => {
    body.setInt16(0, dx);
    body.setInt16(2, dy);
  });
}

/** `act`: a WindowAct. */
export function windowAct(window: number, act: number): Bytes {
  return packed(FromBrowser.WINDOW, 5, (body) => {
    body.setUint32(0, window);
    body.setUint8(4, act);
  });
}

/** `sent` comes back in the PONG. */
export function ping(sent: number): Bytes {
  return packed(FromBrowser.PING, 8, (body) => {
    body.setFloat64(0, sent);
  });
}

export function release(): Bytes {
  return tagged(FromBrowser.RELEASE);
}

export function refresh(): Bytes {
  return tagged(FromBrowser.REFRESH);
}

/** A message whose body is these bytes. */
export function tagged(tag: number, body: Bytes = new Uint8Array()): Bytes {
  const message = new Uint8Array(1 + body.length);
  message[0] = tag;
  message.set(body, 1);
  return message;
}

/** Whether the page plays sound. */
export function listen(isListening: boolean): Bytes {
  return new Uint8Array([FromBrowser.LISTEN, isListening ? 1 : 0]);
}

/** A packet of sound has arrived. */
export function heard(number: number): Bytes {
  return packed(FromBrowser.HEARD, 2, (body) => {
    body.setUint16(0, number);
  });
}

export function microphone(isOn: boolean): Bytes {
  return new Uint8Array([FromBrowser.MICROPHONE, isOn ? 1 : 0]);
}

export function voice(codec: number, sound: Bytes): Bytes {
  return new Uint8Array([FromBrowser.VOICE, codec, ...sound]);
}

function packed(tag: number, size: number, fill: (body: DataView) => void): Bytes {
  const message = new Uint8Array(1 + size);
  message[0] = tag;
  fill(new DataView(message.buffer, 1));
  return message;
}

/** A message whose body is this as JSON. */
export function json(tag: number, body: object): Bytes {
  return tagged(tag, new TextEncoder().encode(JSON.stringify(body)));
}
