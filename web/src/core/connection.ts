/** The WebSocket's life: opened, lost, opened again, and closed for good. */

import type { Bytes } from "./outgoing";
import type { Cancel, Timers } from "./timers";

/** The part of a WebSocket that the client uses. */
export interface Socket {
  binaryType: BinaryType;
  readonly bufferedAmount: number;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(data: Bytes): void;
  close(): void;
}

export interface ConnectionEvents {
  /** Every time that a socket opens. */
  opened(): void;
  message(data: ArrayBuffer): void;
  /** The socket closed and another will be tried; `attempt` counts from 1 since the last success. */
  lost(attempt: number): void;
  /** The server does not want this browser back. Nothing follows. */
  refused(code: number, reason: string): void;
}

export interface ConnectionOptions {
  readonly events: ConnectionEvents;
  readonly openSocket: () => Socket;
  readonly timers: Timers;
}

const RETRY_DELAYS_MS = [0, 250, 500] as const;
const LONGEST_DELAY_MS = 1000;

/** A network that swallows everything lets a socket neither open nor close for minutes. */
const OPEN_WITHIN_MS = 4000;

/** What has been opening for so long may have begun in another network. */
const FRESH_MS = 500;

export class Connection {
  private readonly options: ConnectionOptions;
  private socket: Socket | null = null;
  private isOpen = false;
  private attempts = 0;
  private cancelRetry: Cancel | null = null;
  private cancelOpening: Cancel = () => undefined;
  private opening_at = 0;

  constructor(options: ConnectionOptions) {
    this.options = options;
  }

  /** Bytes that wait to be sent. */
  get backlog_bytes(): number {
    return this.socket?.bufferedAmount ?? 0;
  }

  /** Opens a socket now, in place of the present one or of a retry that is due. */
  open(): void {
    this.abandon();
    const { openSocket, timers } = this.options;
    const socket = openSocket();
    this.socket = socket;
    this.opening_at = timers.now();
    this.cancelOpening = timers.after(OPEN_WITHIN_MS, () => {
      this.drop();
    });
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.isOpen = true;
      this.cancelOpening();
      this.options.events.opened();
    };
    socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer && data.byteLength > 0) this.options.events.message(data);
    };
    socket.onclose = ({ code, reason }) => {
      this.closed(code, reason);
    };
  }

  /** The server has shown that it serves this session; the next loss starts with a short delay. */
  confirm(): void {
    this.attempts = 0;
  }

  /** Closes what seems dead and begins to reconnect. */
  drop(): void {
    this.closed(1006, "");
  }

  /** Tries now what is due later, or has been tried for a while. Leaves alone what is open. */
  hurry(): void {
    if (this.isOpen || (this.cancelRetry === null && this.socket === null)) return;
    const isFresh = this.options.timers.now() - this.opening_at < FRESH_MS;
    if (this.cancelRetry !== null || !isFresh) this.open();
  }

  /** Sends if the socket is open; else the message is dropped, for input must not pile up. */
  send(message: Bytes): void {
    if (this.isOpen) this.socket?.send(message);
  }

  /** Closes for good. */
  close(): void {
    this.abandon();
  }

  private closed(code: number, reason: string): void {
    this.abandon();
    if (isFinal(code)) {
      this.options.events.refused(code, reason);
      return;
    }
    const delay_ms = RETRY_DELAYS_MS[this.attempts] ?? LONGEST_DELAY_MS;
    this.attempts += 1;
    this.cancelRetry = this.options.timers.after(delay_ms, () => {
      this.open();
    });
    this.options.events.lost(this.attempts);
  }

  private abandon(): void {
    this.cancelRetry?.();
    this.cancelRetry = null;
    this.cancelOpening();
    this.isOpen = false;
    const socket = this.socket;
    this.socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}

/** Codes 4400 to 4499 are the gateway's refusals; every other close may be an accident. */
function isFinal(code: number): boolean {
  return code >= 4400 && code <= 4499;
}
