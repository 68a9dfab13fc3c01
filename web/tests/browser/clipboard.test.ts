/** The clipboard of the built page in a real Chromium, with the test as its gateway and agent. */

import { describe, expect, test } from "vitest";
import { FromAgent, FromBrowser } from "../../src/core/tags";
import * as agent from "../support/agent-messages";
import type { AgentSide } from "./gateway";
import { page, streamingSession, withPage } from "./harness";

const BOTH = { copyIn: 100, copyOut: 100, bytes: 1024 * 1024, count: 0 };

withPage();

/** A session that shows a picture, and allows this of the clipboard. */
function session(clipboard: object): Promise<AgentSide> {
  return streamingSession(undefined, { features: { clipboard } });
}

/** The agent tells that an application has copied this. */
function copy(side: AgentSide, count: number, type: string, bytes: Uint8Array): void {
  side.say(agent.jsonMessage(FromAgent.CLIPBOARD, { count, type, bytes: bytes.length }));
  if (bytes.length > 0) side.say(new Uint8Array([FromAgent.CLIPBOARD_PIECE, ...bytes]));
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What has been said of the clipboard, and keys, in order: heads as JSON, the rest as bytes. */
function said(side: AgentSide): unknown[] {
  const { CLIPBOARD, CLIPBOARD_PIECE, KEY } = FromBrowser;
  const told = side.received.filter(([tag]) => [CLIPBOARD, CLIPBOARD_PIECE, KEY].some((one) => one === tag));
  return told.map((message) => (message[0] === CLIPBOARD ? agent.bodyOf(message) : [...message]));
}

async function openDialog(): Promise<void> {
  await page.getByRole("button", { name: "Clipboard" }).click();
  await page.getByRole("dialog", { name: "Clipboard" }).waitFor();
}

const box = () => page.getByRole("textbox", { name: "Text on the session" });
const button = (name: string) => page.getByRole("dialog").getByRole("button", { name });

/** Puts a picture of this size on the device's clipboard. */
async function copyPicture(width: number): Promise<void> {
  await page.evaluate(async (width) => {
    const canvas = new OffscreenCanvas(width, 1);
    canvas.getContext("2d")?.fillRect(0, 0, 1, 1);
    const blob = await canvas.convertToBlob({ type: "image/png" });
    await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
  }, width);
}

function pngHead(message: Uint8Array | undefined): string {
  return String.fromCharCode(...(message ?? []).slice(2, 5));
}

describe("Ctrl+V", () => {
  test("sends what the device has before the key, without any permission", async () => {
    const side = await session(BOTH);
    await page.evaluate(() => navigator.clipboard.writeText("ß"));
    await page.keyboard.press("Control+KeyV");
    await side.heard(FromBrowser.KEY, 4);
    expect(said(side)).toEqual([
      [FromBrowser.KEY, 0, 0, 0xff, 0xe3, 1],
      { type: "text/plain", bytes: 2, after: 0 },
      [FromBrowser.CLIPBOARD_PIECE, 0xc3, 0x9f],
      [FromBrowser.KEY, 0, 0, 0, 0x76, 1],
      [FromBrowser.KEY, 0, 0, 0, 0x76, 0],
      [FromBrowser.KEY, 0, 0, 0xff, 0xe3, 0],
    ]);
    side.say(new Uint8Array([FromAgent.CLIPBOARD_ACK]));
    await copyPicture(9);
    await page.keyboard.press("Control+KeyV");
    await side.heard(FromBrowser.KEY, 8);
    const [, head, piece, key] = said(side).slice(6);
    expect(head).toMatchObject({ type: "image/png", after: 0 });
    expect(pngHead(new Uint8Array(piece as number[]))).toBe("PNG");
    expect(key).toEqual([FromBrowser.KEY, 0, 0, 0, 0x76, 1]);
  });

  test("with too long a text says so, and is not pressed there", async () => {
    const side = await session({ ...BOTH, copyIn: 3 });
    await page.evaluate(() => navigator.clipboard.writeText("long"));
    await page.keyboard.press("Control+KeyV");
    await page.getByText("a text of more than 3 characters").waitFor();
    expect(said(side).filter((one) => Array.isArray(one) && one[4] === 0x76)).toEqual([]);
  });

  test("is a key and no more where nothing may be pasted", async () => {
    const side = await session({ ...BOTH, copyIn: 0 });
    await page.evaluate(() => navigator.clipboard.writeText("secret"));
    await page.keyboard.press("Control+KeyV");
    expect((await side.heard(FromBrowser.KEY, 4)).length).toBe(4);
    expect(said(side)).toHaveLength(4);
  });
});

test("what is copied in the session is on the device's clipboard", async () => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const side = await session(BOTH);
  copy(side, 1, "text/plain", utf8("größe"));
  await side.heard(FromBrowser.CLIPBOARD_ACK);
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe("größe");
});

describe("the dialog", () => {
  test("shows what is on the session's clipboard, also what was before", async () => {
    const side = await session({ ...BOTH, count: 1 });
    await openDialog();
    await side.heard(FromBrowser.CLIPBOARD_WANT);
    copy(side, 1, "text/plain", utf8("before"));
    await expect.poll(() => box().inputValue()).toBe("before");
    copy(side, 2, "text/plain", utf8("now\nthis"));
    await expect.poll(() => box().inputValue()).toBe("now\nthis");
  });

  test("copies to the device, and says so", async () => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const side = await session(BOTH);
    copy(side, 1, "text/plain", utf8("there"));
    await side.heard(FromBrowser.CLIPBOARD_ACK);
    await page.evaluate(() => navigator.clipboard.writeText("elsewhere"));
    await openDialog();
    await button("Copy to this device").click();
    await page.getByRole("status").getByText("This device").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("there");
  });

  test("sends what is written into it, which news do not overwrite, or says why not", async () => {
    const side = await session({ ...BOTH, copyIn: 7 });
    await openDialog();
    expect(await button("Send to the session").isDisabled()).toBe(true);
    await page.keyboard.type("by hand");
    copy(side, 1, "text/plain", utf8("news"));
    await side.heard(FromBrowser.CLIPBOARD_ACK);
    await button("Send to the session").click();
    await page.getByRole("status").getByText("has it now").waitFor();
    expect(said(side)).toEqual([
      { type: "text/plain", bytes: 7, after: null },
      [FromBrowser.CLIPBOARD_PIECE, ...utf8("by hand")],
    ]);
    await box().fill("and more");
    await button("Send to the session").click();
    await page.getByRole("status").getByText("more than 7 characters").waitFor();
    side.say(agent.jsonMessage(FromAgent.CLIPBOARD_REFUSED, { way: "out", message: "Too much." }));
    await page.getByRole("status").getByText("Too much.").waitFor();
  });

  test("sends a picture that is pasted into it, and shows it", async () => {
    const side = await session(BOTH);
    await copyPicture(7);
    await openDialog();
    await page.keyboard.press("Control+KeyV");
    const [piece] = await side.heard(FromBrowser.CLIPBOARD_PIECE);
    expect(pngHead(piece)).toBe("PNG");
    const picture = page.getByRole("img", { name: "Picture on the session" });
    await picture.waitFor();
    expect(await picture.evaluate((shown: HTMLImageElement) => shown.naturalWidth)).toBe(7);
  });

  test("offers only what is allowed, and gives the keys back", async () => {
    const side = await session({ ...BOTH, copyIn: 0 });
    await openDialog();
    expect(await button("Send to the session").count()).toBe(0);
    expect(await button("Copy to this device").count()).toBe(1);
    expect(await box().getAttribute("readonly")).toBe("");
    await page.keyboard.press("Escape");
    await page.keyboard.press("x");
    await side.heard(FromBrowser.KEY, 2);
  });
});
