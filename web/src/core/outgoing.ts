/** What the browser says, as bytes. */

import { FromBrowser, VERSION } from "./tags";

export type Bytes = Uint8Array<ArrayBuffer>;

export type CodecName = "h264" | "jpeg";

/** The picture that the page can show, in device pixels, and how many of them make a CSS pixel. */
export interface Viewport {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

export interface Position {
  readonly x: number;
  readonly y: number;
}

export function hello(viewport: Viewport, codecs: readonly CodecName[]): Bytes {
  return json(FromBrowser.HELLO, { version: VERSION, ...viewport, codecs });
}

export function resize(viewport: Viewport): Bytes {
  return json(FromBrowser.RESIZE, viewport);
}

export function launch(application: string): Bytes {
  return json(FromBrowser.LAUNCH, { application });
}

export function acknowledge(frame: number): Bytes {
  return packed(FromBrowser.ACK, 2, (body) => {
    body.setUint16(0, frame);
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
  return new Uint8Array([FromBrowser.RELEASE]);
}

export function refresh(): Bytes {
  return new Uint8Array([FromBrowser.REFRESH]);
}

function packed(tag: number, size: number, fill: (body: DataView) => void): Bytes {
  const message = new Uint8Array(1 + size);
  message[0] = tag;
  fill(new DataView(message.buffer, 1));
  return message;
}

function json(tag: number, body: object): Bytes {
  const text = new TextEncoder().encode(JSON.stringify(body));
  const message = new Uint8Array(1 + text.length);
  message[0] = tag;
  message.set(text, 1);
  return message;
}
