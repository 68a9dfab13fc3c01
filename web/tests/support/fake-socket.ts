/** A WebSocket without a network: the test is the server, and everything happens at once. */

import type { Socket } from "../../src/core/connection";
import type { Bytes } from "../../src/core/outgoing";

export class FakeSocket implements Socket {
  binaryType: BinaryType = "blob";
  bufferedAmount = 0;
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent<unknown>) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  readonly sent: Bytes[] = [];
  isClosed = false;

  send(data: Bytes): void {
    this.sent.push(data);
  }

  close(): void {
    this.isClosed = true;
  }

  accept(): void {
    this.onopen?.(new Event("open"));
  }

  say(message: Uint8Array<ArrayBuffer>): void {
    this.onmessage?.(new MessageEvent("message", { data: message.buffer }));
  }

  drop(code: number): void {
    this.onclose?.(new CloseEvent("close", { code }));
  }

  /** The messages of this tag that the browser sent. */
  heard(tag: number): readonly Bytes[] {
    return this.sent.filter((message) => message[0] === tag);
  }
}

/** Every socket that was asked for, in order. */
export class FakeNetwork {
  readonly sockets: FakeSocket[] = [];

  readonly openSocket = (): FakeSocket => {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  };

  get latest(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("no socket has been asked for");
    return socket;
  }
}
