/**
 * The session's clipboard as a browser lives it: what is copied on one side is on the other, as far
 * as the session's stack and the browser let it.
 */

import { countCharacters, decoded, encoded, transferred, type Content } from "./content";
import type { DeviceClipboard } from "./device";
import type { Feature, Send } from "./feature";
import { jsonOf } from "./incoming";
import { asNumber, asText } from "./json";
import { Latest } from "./latest";
import { tagged, type Bytes } from "./outgoing";
import type { PasteTarget } from "./pasting";
import { FromAgent, FromBrowser } from "./tags";
import { Upload } from "./upload";

export interface ClipboardEvents {
  /** What the session's clipboard has, or what is allowed, is something else now. */
  changed(): void;
  /** Something was not copied; the user should know why. */
  refused(message: string): void;
}

/** What may pass; 0: nothing. */
export interface Limits {
  /** Characters of a text that is copied into the session. */
  readonly into: number;
  /** Characters of a text that is copied out of the session. */
  readonly out: number;
  /** Bytes of anything. */
  readonly bytes: number;
}

interface Download {
  readonly type: string;
  readonly count: number;
  readonly bytes: Bytes;
  received: number;
}

const NOTHING: Limits = { into: 0, out: 0, bytes: 0 };

export class Clipboard implements Feature, PasteTarget {
  readonly name = "clipboard";
  readonly tags = [
    FromAgent.CLIPBOARD,
    FromAgent.CLIPBOARD_PIECE,
    FromAgent.CLIPBOARD_ACK,
    FromAgent.CLIPBOARD_REFUSED,
  ];
  limits = NOTHING;
  /** What the session's clipboard has; null if that is not known here or nothing that passes. */
  content: Content | null = null;
  private readonly device: DeviceClipboard;
  private readonly events: ClipboardEvents;
  private readonly latest = new Latest();
  /** Null while there is no connection. */
  private send: Send | null = null;
  private readonly upload = new Upload((message) => this.send?.(message));
  private download: Download | null = null;
  /** How often applications of the session have copied; null before the first welcome. */
  private count: number | null = null;
  /** What is to be on the device's clipboard as soon as the browser allows it. */
  private waiting: Content | null = null;
  /** What the browser is writing there: twice, it could replace what is copied in between. */
  private writing: Content | null = null;
  private hasAsked = false;

  constructor(device: DeviceClipboard, events: ClipboardEvents) {
    this.device = device;
    this.events = events;
  }

  get takesPaste(): boolean {
    return this.send !== null && this.limits.into > 0;
  }

  /** Hears of the focus of a window of the page, and of what browsers take for the user's consent to copying. */
  listen(page: Window): void {
    page.addEventListener("focus", () => {
      this.latest.focused();
      void this.look();
    });
    page.addEventListener("blur", () => {
      // What is copied elsewhere meanwhile is newer.
      this.waiting = null;
    });
    for (const gesture of ["pointerdown", "keydown"]) {
      page.addEventListener(gesture, () => void this.writeWaiting(), { capture: true });
    }
  }

  // The session's side

  welcomed(greeting: Readonly<Record<string, unknown>>, send: Send): void {
    this.send = send;
    this.limits = {
      into: asNumber(greeting.copyIn),
      out: asNumber(greeting.copyOut),
      bytes: asNumber(greeting.bytes),
    };
    this.count ??= asNumber(greeting.count);
    this.events.changed();
    void this.look();
  }

  hear(message: DataView<ArrayBuffer>): void {
    switch (message.getUint8(0)) {
      case FromAgent.CLIPBOARD:
        this.begin(jsonOf(message));
        break;
      case FromAgent.CLIPBOARD_PIECE:
        this.take(new Uint8Array(message.buffer, 1));
        break;
      case FromAgent.CLIPBOARD_ACK:
        this.upload.acknowledged();
        break;
      case FromAgent.CLIPBOARD_REFUSED:
        this.refuse(jsonOf(message));
        break;
    }
  }

  lost(): void {
    this.send = null;
    this.download = null;
    this.upload.refused();
  }

  // The user's side

  /** What is pasted goes into the session, unless what was copied there is newer. */
  async paste(data: DataTransfer): Promise<boolean> {
    const content = await transferred(data);
    const isSent = content === null || (await this.offer(content));
    void this.askOnce();
    return isSent;
  }

  /** Whether this has been sent to the session's clipboard, in the place of whatever it has. */
  async put(content: Content): Promise<boolean> {
    return this.pass(content, null);
  }

  /** Whether the device's clipboard has now what the session's has. */
  async copyOut(): Promise<boolean> {
    return this.content !== null && (await this.device.write(this.content));
  }

  /** Asks for what the session's clipboard has if that is not known here; `changed` tells of it. */
  refresh(): void {
    if (this.limits.out === 0 || this.content !== null) return;
    this.send?.(tagged(FromBrowser.CLIPBOARD_WANT));
  }

  // Into the session

  /** Looks at the device's clipboard, where the user has allowed it for good. */
  private async look(): Promise<void> {
    if (!this.takesPaste || (await this.device.permission()) !== "granted") return;
    const content = await this.device.read();
    if (content !== null && this.obstacle(content) === "") await this.offer(content);
  }

  /** Asks the user, at the first paste, for what lets later pastes by an application's menu work. */
  private async askOnce(): Promise<void> {
    if (this.hasAsked) return;
    this.hasAsked = true;
    if ((await this.device.permission()) === "prompt") await this.device.read();
  }

  private async offer(content: Content): Promise<boolean> {
    if (this.latest.see(content)) return this.pass(content, this.count);
    return this.upload.finish(); // it may be just this that is under way
  }

  private async pass(content: Content, after: number | null): Promise<boolean> {
    const obstacle = this.obstacle(content);
    if (obstacle !== "") this.events.refused(`Nothing was copied: ${obstacle}.`);
    const isSent = obstacle === "" && (await this.start(content, after));
    if (!isSent) this.latest.miss(content);
    return isSent;
  }

  private async start(content: Content, after: number | null): Promise<boolean> {
    this.latest.holds(content);
    this.know(content);
    const isSent = await this.upload.start(content, after);
    if (!isSent && this.content === content) this.content = null;
    return isSent;
  }

  /** Why it cannot be sent, in the agent's words; empty if it can. */
  private obstacle(content: Content): string {
    const { into, bytes } = this.limits;
    if (this.send === null) return "the session is not connected";
    if (content.type === "text/plain") {
      const isLong = content.text.length > into && countCharacters(content.text) > into;
      if (isLong) return tooMuch(`a text of more than ${into.toLocaleString("en")} characters`);
    }
    return encoded(content).length > bytes ? tooMuch(`more than ${bytes / 1024 / 1024} MiB`) : "";
  }

  private refuse(body: Readonly<Record<string, unknown>>): void {
    if (asText(body.way) === "in") {
      this.upload.refused();
      this.latest.holds(null);
    }
    this.events.refused(asText(body.message));
  }

  // Out of the session

  private begin(body: Readonly<Record<string, unknown>>): void {
    const type = asText(body.type);
    const count = asNumber(body.count);
    const bytes = new Uint8Array(asNumber(body.bytes));
    this.download = { type, count, bytes, received: 0 };
    if (bytes.length === 0) this.finish(this.download);
  }

  private take(piece: Bytes): void {
    this.send?.(tagged(FromBrowser.CLIPBOARD_ACK));
    const download = this.download;
    if (download === null || download.received + piece.length > download.bytes.length) return;
    download.bytes.set(piece, download.received);
    download.received += piece.length;
    if (download.received === download.bytes.length) this.finish(download);
  }

  private finish({ type, count, bytes }: Download): void {
    this.download = null;
    const content = decoded(type, bytes);
    const isNews = count !== this.count;
    this.count = count;
    if (isNews) {
      this.latest.copiedThere(content, type === "none");
      this.waiting = content;
      void this.writeWaiting();
    } else if (type !== "none") {
      this.latest.holds(content);
    }
    this.know(content);
  }

  private know(content: Content | null): void {
    this.content = content;
    this.events.changed();
  }

  /** Without the focus nothing is written, and what cannot be written now waits for a gesture. */
  private async writeWaiting(): Promise<void> {
    const content = this.waiting;
    if (content === null || content === this.writing) return;
    if (!this.device.hasFocus()) {
      this.waiting = null;
      return;
    }
    this.writing = content;
    const isWritten = await this.device.write(content);
    if (this.writing === content) this.writing = null;
    if (isWritten && this.waiting === content) {
      this.waiting = null;
      this.latest.see(content);
    }
  }
}

function tooMuch(what: string): string {
  return `${what} cannot be copied into this session`;
}
