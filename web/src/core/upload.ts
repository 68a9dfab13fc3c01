/** Contents on their way to the session's clipboard, by pieces that the agent acknowledges. */

import { encoded, type Content } from "./content";
import type { Send } from "./feature";
import { json, tagged, type Bytes } from "./outgoing";
import { CLIPBOARD_PIECES_AHEAD, CLIPBOARD_PIECE_BYTES, FromBrowser } from "./tags";

interface UnderWay {
  readonly rest: Bytes[];
  done(isSent: boolean): void;
}

export class Upload {
  private readonly send: Send;
  /** Pieces that have not been acknowledged. */
  private ahead = 0;
  private current: UnderWay | null = null;
  private sent = Promise.resolve(true);

  constructor(send: Send) {
    this.send = send;
  }

  /**
   * Whether all of it has been sent: what is sent from then on comes after it. What was under way
   * before is dropped. `after` is the count of the session's contents that these may replace, null
   * if they may replace any.
   */
  async start(content: Content, after: number | null): Promise<boolean> {
    this.stop();
    const bytes = encoded(content);
    const { type } = content;
    this.send(json(FromBrowser.CLIPBOARD, { type, bytes: bytes.length, after }));
    this.sent = new Promise((done) => {
      this.current = { rest: pieces(bytes), done };
      this.go();
    });
    return this.sent;
  }

  /** The same of what is under way; true if nothing is. */
  async finish(): Promise<boolean> {
    return this.current === null || this.sent;
  }

  acknowledged(): void {
    this.ahead = Math.max(0, this.ahead - 1);
    this.go();
  }

  /** The agent takes no more of it, and acknowledges nothing of what is on its way. */
  refused(): void {
    this.stop();
    this.ahead = 0;
  }

  /** What is under way is not sent any more. */
  stop(): void {
    const stopped = this.current;
    this.current = null;
    stopped?.done(false);
  }

  private go(): void {
    const upload = this.current;
    if (upload === null) return;
    while (this.ahead < CLIPBOARD_PIECES_AHEAD) {
      const piece = upload.rest.shift();
      if (piece === undefined) break;
      this.ahead += 1;
      this.send(tagged(FromBrowser.CLIPBOARD_PIECE, piece));
    }
    if (upload.rest.length > 0) return;
    this.current = null;
    upload.done(true);
  }
}

function pieces(bytes: Bytes): Bytes[] {
  const count = Math.ceil(bytes.length / CLIPBOARD_PIECE_BYTES);
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * CLIPBOARD_PIECE_BYTES, (index + 1) * CLIPBOARD_PIECE_BYTES),
  );
}
