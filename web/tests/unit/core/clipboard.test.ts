/** The session's clipboard: what the page says and hears of it, and what the device's then has. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Clipboard } from "../../../src/core/clipboard";
import { text, type Content } from "../../../src/core/content";
import type { DeviceClipboard } from "../../../src/core/device";
import type { Bytes } from "../../../src/core/outgoing";
import {
  CLIPBOARD_PIECES_AHEAD,
  CLIPBOARD_PIECE_BYTES,
  FromAgent,
  FromBrowser,
} from "../../../src/core/tags";
import { bodyOf, jsonMessage } from "../../support/agent-messages";

/** A device whose browser refuses what the test says. */
class FakeDevice implements DeviceClipboard {
  has: Content | null = null;
  state: PermissionState = "prompt";
  mayWrite = true;
  isFocused = true;
  reads = 0;

  hasFocus(): boolean {
    return this.isFocused;
  }

  permission(): Promise<PermissionState> {
    return Promise.resolve(this.state);
  }

  read(): Promise<Content | null> {
    this.reads += 1;
    return Promise.resolve(this.has);
  }

  write(content: Content): Promise<boolean> {
    if (this.mayWrite) this.has = content;
    return Promise.resolve(this.mayWrite);
  }
}

const PIECE = CLIPBOARD_PIECE_BYTES;
const ALLOWED = { copyIn: 1_000_000, copyOut: 1_000_000, bytes: 2_000_000, count: 3 };

let device: FakeDevice;
let clipboard: Clipboard;
let sent: Bytes[];
let refusals: string[];

beforeEach(() => {
  device = new FakeDevice();
  sent = [];
  refusals = [];
  clipboard = new Clipboard(device, {
    changed: () => undefined,
    refused: (message) => refusals.push(message),
  });
  clipboard.listen(window);
  welcome();
});

afterEach(() => {
  clipboard.lost();
});

function welcome(changes: object = {}): void {
  clipboard.welcomed({ ...ALLOWED, ...changes }, (message) => sent.push(message));
}

function hear(message: Bytes): void {
  clipboard.hear(new DataView(message.buffer));
}

/** The agent tells what the session's clipboard has. */
function tell(count: number, value: string): void {
  const bytes = new TextEncoder().encode(value);
  const head = { count, type: "text/plain", bytes: bytes.length };
  hear(jsonMessage(FromAgent.CLIPBOARD, head));
  for (let at = 0; at < bytes.length; at += PIECE) {
    hear(new Uint8Array([FromAgent.CLIPBOARD_PIECE, ...bytes.subarray(at, at + PIECE)]));
  }
}

function tellOf(type: string, count: number): void {
  hear(jsonMessage(FromAgent.CLIPBOARD, { count, type, bytes: 0 }));
}

function acknowledge(): void {
  hear(new Uint8Array([FromAgent.CLIPBOARD_ACK]));
}

function pasted(value: string): DataTransfer {
  return { getData: () => value, files: [] } as unknown as DataTransfer;
}

/** What has been sent since it was last asked, by the text of its pieces. */
function heads(): unknown[] {
  return sent.filter(([tag]) => tag === FromBrowser.CLIPBOARD).map(bodyOf);
}

function pieces(): Bytes[] {
  return sent.filter(([tag]) => tag === FromBrowser.CLIPBOARD_PIECE);
}

/** What was promised is done. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

describe("what is pasted", () => {
  test("is sent once, after what the session is known to have", async () => {
    expect(await clipboard.paste(pasted("ß"))).toBe(true);
    expect(await clipboard.paste(pasted("ß"))).toBe(true);
    expect(heads()).toEqual([{ type: "text/plain", bytes: 2, after: 3 }]);
    expect(pieces().map((piece) => [...piece])).toEqual([
      [FromBrowser.CLIPBOARD_PIECE, 0xc3, 0x9f],
    ]);
  });

  test("is not sent if something newer has been copied in the session", async () => {
    tellOf("other", 4);
    expect(await clipboard.paste(pasted("older"))).toBe(true);
    expect(heads()).toEqual([]);
  });

  test("goes on as the agent acknowledges", async () => {
    const bytes = (CLIPBOARD_PIECES_AHEAD + 2) * PIECE - 1;
    let isSent = false;
    void clipboard.paste(pasted("x".repeat(bytes))).then((answer) => {
      isSent = answer;
    });
    await settle();
    expect(pieces()).toHaveLength(CLIPBOARD_PIECES_AHEAD);
    acknowledge();
    await settle();
    expect([pieces().length, isSent]).toEqual([CLIPBOARD_PIECES_AHEAD + 1, false]);
    acknowledge();
    await settle();
    expect([pieces().length, isSent]).toEqual([CLIPBOARD_PIECES_AHEAD + 2, true]);
    expect(pieces().reduce((sum, piece) => sum + piece.length - 1, 0)).toBe(bytes);
  });

  test("is sent again if the connection was lost on the way", async () => {
    const value = "x".repeat((CLIPBOARD_PIECES_AHEAD + 1) * PIECE);
    const lost = clipboard.paste(pasted(value));
    await settle();
    clipboard.lost();
    expect(await lost).toBe(false);
    sent = [];
    welcome();
    void clipboard.paste(pasted(value));
    await settle();
    expect([heads().length, pieces().length]).toEqual([1, CLIPBOARD_PIECES_AHEAD]);
  });

  test("and refused by the agent leaves room for what is pasted next", async () => {
    const first = clipboard.paste(pasted("x".repeat((CLIPBOARD_PIECES_AHEAD + 1) * PIECE)));
    await settle();
    hear(jsonMessage(FromAgent.CLIPBOARD_REFUSED, { way: "in", message: "No." }));
    expect(await first).toBe(false);
    expect([refusals, clipboard.content]).toEqual([["No."], null]);
    expect(await clipboard.paste(pasted("next"))).toBe(true);
  });

  test("is refused with the length if it is longer", async () => {
    welcome({ copyIn: 2 });
    expect(await clipboard.paste(pasted("😀ß"))).toBe(true);
    expect(await clipboard.paste(pasted("long"))).toBe(false);
    expect(await clipboard.paste(pasted("long"))).toBe(false);
    expect(heads()).toHaveLength(1);
    const refusal = "a text of more than 2 characters cannot be copied into this session";
    expect(refusals).toEqual(Array(2).fill(`Nothing was copied: ${refusal}.`));
  });

  test("is refused if it has more bytes than anything may", async () => {
    welcome({ bytes: 1024 * 1024 });
    expect(await clipboard.paste(pasted("ß".repeat(600_000)))).toBe(false);
    expect(refusals[0]).toContain("more than 1 MiB");
  });

  test("is asked for but once where the user may let the page read", async () => {
    await clipboard.paste(pasted("one"));
    await clipboard.paste(pasted("two"));
    await settle();
    expect(device.reads).toBe(1);
  });
});

describe("a page that may read", () => {
  beforeEach(() => {
    device.state = "granted";
  });

  test("sends what the user has copied elsewhere when they come back", async () => {
    device.has = text("elsewhere");
    window.dispatchEvent(new Event("focus"));
    await settle();
    window.dispatchEvent(new Event("focus"));
    await settle();
    expect(heads()).toHaveLength(1);
  });

  test("holds up a paste while the same is still on its way", async () => {
    const value = "x".repeat((CLIPBOARD_PIECES_AHEAD + 1) * PIECE);
    device.has = text(value);
    window.dispatchEvent(new Event("focus"));
    await settle();
    let isSent = false;
    void clipboard.paste(pasted(value)).then((answer) => {
      isSent = answer;
    });
    await settle();
    expect([heads().length, isSent]).toEqual([1, false]);
    acknowledge();
    await settle();
    expect([heads().length, isSent]).toEqual([1, true]);
  });

  test("says nothing of what is too long until the user pastes it", async () => {
    welcome({ copyIn: 2 });
    device.has = text("long");
    window.dispatchEvent(new Event("focus"));
    await settle();
    expect([heads(), refusals]).toEqual([[], []]);
    expect(await clipboard.paste(pasted("long"))).toBe(false);
    expect(refusals).toHaveLength(1);
  });

  test("does not where nothing may enter the session", async () => {
    welcome({ copyIn: 0 });
    device.has = text("elsewhere");
    window.dispatchEvent(new Event("focus"));
    await settle();
    expect([device.reads, heads().length]).toEqual([0, 0]);
  });
});

describe("what is copied in the session", () => {
  test("is acknowledged piece by piece, and on the device's clipboard in the end", async () => {
    tell(4, "x".repeat(PIECE + 1));
    await settle();
    expect(sent).toEqual([1, 2].map(() => new Uint8Array([FromBrowser.CLIPBOARD_ACK])));
    expect(device.has).toEqual(text("x".repeat(PIECE + 1)));
    expect(clipboard.content).toEqual(device.has);
  });

  test("is not sent back", async () => {
    tell(4, "there");
    await settle();
    window.dispatchEvent(new Event("focus"));
    await clipboard.paste(pasted("there"));
    expect(heads()).toEqual([]);
  });

  test("waits for a gesture where the browser wants one", async () => {
    device.mayWrite = false;
    tell(4, "there");
    await settle();
    device.mayWrite = true;
    window.dispatchEvent(new Event("pointerdown"));
    await settle();
    expect(device.has).toEqual(text("there"));
  });

  test("is written once, whatever the user does while the browser writes it", async () => {
    const write = vi.spyOn(device, "write");
    tell(4, "there");
    window.dispatchEvent(new Event("keydown"));
    await settle();
    window.dispatchEvent(new Event("keydown"));
    expect(write).toHaveBeenCalledTimes(1);
  });

  test("does not replace what the user copies elsewhere meanwhile", async () => {
    device.mayWrite = false;
    tell(4, "there");
    await settle();
    window.dispatchEvent(new Event("blur"));
    device.has = text("elsewhere");
    device.mayWrite = true;
    window.dispatchEvent(new Event("keydown"));
    device.isFocused = false;
    tell(5, "without the focus");
    device.isFocused = true;
    window.dispatchEvent(new Event("keydown"));
    await settle();
    expect(device.has).toEqual(text("elsewhere"));
    expect(clipboard.content).toEqual(text("without the focus"));
  });

  test("before this page was there is shown, and stays off the device's clipboard", async () => {
    clipboard.refresh();
    expect(sent).toEqual([new Uint8Array([FromBrowser.CLIPBOARD_WANT])]);
    tell(3, "before");
    await settle();
    expect([clipboard.content, device.has]).toEqual([text("before"), null]);
    clipboard.refresh();
    expect(await clipboard.copyOut()).toBe(true);
    expect(device.has).toEqual(text("before"));
  });

  test("and heard of half is forgotten with the connection", async () => {
    hear(jsonMessage(FromAgent.CLIPBOARD, { count: 4, type: "text/plain", bytes: 2 }));
    clipboard.lost();
    welcome();
    hear(new Uint8Array([FromAgent.CLIPBOARD_PIECE, 0x61, 0x62]));
    await settle();
    expect(device.has).toBeNull();
  });

  test("takes away what was known when it is nothing that passes", async () => {
    tell(4, "there");
    tellOf("none", 5);
    await settle();
    expect(clipboard.content).toBeNull();
    await clipboard.paste(pasted("there"));
    expect(heads()).toEqual([{ type: "text/plain", bytes: 5, after: 5 }]);
  });
});

test("what is put by hand replaces anything", async () => {
  tell(4, "there");
  expect(await clipboard.put(text("by hand"))).toBe(true);
  expect(heads()).toEqual([{ type: "text/plain", bytes: 7, after: null }]);
  expect(clipboard.content).toEqual(text("by hand"));
});

test("without a connection nothing is taken, read or said to be sent", async () => {
  device.state = "granted";
  clipboard.lost();
  window.dispatchEvent(new Event("focus"));
  await settle();
  expect([clipboard.takesPaste, device.reads]).toEqual([false, 0]);
  expect(await clipboard.put(text("by hand"))).toBe(false);
  expect(refusals).toEqual(["Nothing was copied: the session is not connected."]);
});

test("an agent that knows no clipboard allows nothing", () => {
  clipboard.welcomed({}, () => undefined);
  expect(clipboard.limits).toEqual({ into: 0, out: 0, bytes: 0 });
  expect(clipboard.takesPaste).toBe(false);
});
