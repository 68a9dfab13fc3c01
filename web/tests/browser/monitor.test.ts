/** The second monitor: another window of a real Chromium, with the test as gateway and agent. */

import type { Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import type { Area } from "../../src/core/area";
import { Codec, FromBrowser } from "../../src/core/tags";
import * as agent from "../support/agent-messages";
import * as rectangles from "../support/rectangles";
import { h264, jpeg, shownColour, type Size } from "./film";
import type { AgentSide } from "./gateway";
import { STAGE, gateway, keys, near, page, places, state, streamingSession, withPage } from "./harness";

const FIRST: Area = { x: 0, y: 0, ...STAGE };
const RED = [0xc0, 0x20, 0x20] as const;
const BLUE = [0x20, 0x20, 0xc0] as const;
const tool = (name: string) => page.getByRole("button", { name, exact: true });

withPage();

let side: AgentSide;
let second: Page;
/** Of the remote screen, what the second window has asked for. */
let area: Area;
let whole: Size;

beforeEach(async () => {
  side = await streamingSession();
  const opening = page.waitForEvent("popup");
  await tool("Second monitor").click();
  second = await opening;
  arrange(await wishedFor(1));
  await second.getByText("Opening the second monitor").waitFor();
  side.say(agent.size(whole.width, whole.height, [FIRST, area]));
});

function arrange(wished: Size): void {
  area = { x: STAGE.width, y: 0, ...wished };
  whole = { width: STAGE.width + wished.width, height: Math.max(STAGE.height, wished.height) };
}

/** The size of the second monitor in the latest of so many wishes. */
async function wishedFor(count: number): Promise<Size> {
  const wishes = await side.heard(FromBrowser.RESIZE, count);
  return (agent.bodyOf(wishes[count - 1] ?? new Uint8Array()) as { second: Size }).second;
}

/** Paints one colour on each monitor. */
async function paint(id = 2): Promise<void> {
  const acknowledged = side.received.filter(([tag]) => tag === FromBrowser.ACK).length;
  side.say(rectangles.message(id, [rectangles.fill(FIRST, RED), rectangles.fill(area, BLUE)]));
  await side.heard(FromBrowser.ACK, acknowledged + 1);
}

async function isShown(shown: Page, colour: readonly number[]): Promise<void> {
  expect(near(await shownColour(shown), colour)).toBe(true);
}

describe("the picture", () => {
  test("by rectangles is in each window the monitor's", async () => {
    await paint();
    await isShown(page, RED);
    await isShown(second, BLUE);
    await second.getByText("Opening the second monitor").waitFor({ state: "hidden" });
  });

  test("that moves is drawn where it is, as JPEG and as H.264", async () => {
    await paint();
    const part = { x: area.x, y: 0, width: area.width, height: area.height };
    side.say(agent.frame(await jpeg(page, "#20c020", part), { ...part, id: 3 }));
    await side.heard(FromBrowser.ACK, 3);
    await isShown(second, [0x20, 0xc0, 0x20]);
    const [film = new Uint8Array()] = await h264(page, ["#c0c020"], whole);
    side.say(agent.frame(film, { ...whole, codec: Codec.H264, id: 4 }));
    await side.heard(FromBrowser.ACK, 4);
    await isShown(second, [0xc0, 0xc0, 0x20]);
    await isShown(page, [0xc0, 0xc0, 0x20]);
  });

  test("is asked for in the second window's size when that changes", async () => {
    await second.setViewportSize({ width: 701, height: 451 });
    expect(await wishedFor(2)).toEqual({ width: 700, height: 450 });
    arrange({ width: 700, height: 450 });
    side.say(agent.size(whole.width, whole.height, [FIRST, area]));
    await paint();
    await isShown(second, BLUE);
  });
});

describe("in the second window", () => {
  beforeEach(() => paint());

  test("mouse, wheel and fingers are on the second monitor", async () => {
    await second.mouse.click(30, 40, { button: "right" });
    expect(await places(side, 3)).toEqual([
      [area.x + 30, 40, 0],
      [area.x + 30, 40, 4],
      [area.x + 30, 40, 0],
    ]);
    await second.mouse.wheel(0, 120);
    const [wheel] = await side.heard(FromBrowser.WHEEL);
    expect([...(wheel ?? [])]).toEqual([5, 0, 0, 0, 120]);
    const devtools = await second.context().newCDPSession(second);
    const touchPoints = [{ x: 50, y: 60 }];
    await devtools.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
    await devtools.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    expect((await places(side, 6))[4]).toEqual([area.x + 50, 60, 1]);
  });

  test("keys and composed text are typed, without a click first", async () => {
    await second.keyboard.press("Shift+KeyA");
    await second.keyboard.insertText("日");
    expect((await keys(side, 6)).slice(1, 5)).toEqual([
      [0x41, 1],
      [0x41, 0],
      [0xffe1, 0],
      [0x010065e5, 1],
    ]);
    const devtools = await second.context().newCDPSession(second);
    await devtools.send("Input.imeSetComposition", { text: "ni", selectionStart: 2, selectionEnd: 2 });
    await second.locator(".field.composing").waitFor();
    await devtools.send("Input.insertText", { text: "你" });
    expect((await keys(side, 8))[6]).toEqual([0x01004f60, 1]);
  });

  test("the remote cursor is shown", async () => {
    side.say(agent.cursor({ x: 0, y: 0, width: 0, height: 0 }, new Uint8Array(0)));
    await paint(3);
    expect(await second.locator("canvas").evaluate(({ style }) => style.cursor)).toBe("none");
  });

  test("Ctrl+Alt+Shift+M leads to the first one's toolbar", async () => {
    await second.keyboard.press("Control+Alt+Shift+KeyM");
    await side.heard(FromBrowser.RELEASE);
    expect(await page.locator(".tools :focus").textContent()).toBe("Close second monitor");
  });
});

test("what is dropped on the second window is uploaded", async () => {
  const features = { files: { upload: true, download: true } };
  side.say(agent.welcome({ ...STAGE, features }));
  await tool("My Files").waitFor();
  const transfer = await second.evaluateHandle(() => {
    const made = new DataTransfer();
    made.items.add(new File(["dropped"], "a.txt", { lastModified: 5 }));
    return made;
  });
  await second.dispatchEvent(".stage", "dragover", { dataTransfer: transfer });
  await second.getByText("Drop to upload to").waitFor();
  await second.dispatchEvent(".stage", "drop", { dataTransfer: transfer });
  await page.getByRole("dialog", { name: "My Files" }).getByText("a.txt", { exact: true }).waitFor();
});

test("the clipboard is the second window's while that has the focus", async () => {
  const clipboard = { copyIn: 100, copyOut: 100, bytes: 1024, count: 0 };
  side.say(agent.welcome({ ...STAGE, features: { clipboard } }));
  await tool("Clipboard").waitFor();
  await second.bringToFront();
  await second.evaluate(() => navigator.clipboard.writeText("ß"));
  await second.keyboard.press("Control+KeyV");
  const [piece] = await side.heard(FromBrowser.CLIPBOARD_PIECE);
  expect([...(piece ?? [])].slice(1)).toEqual([0xc3, 0x9f]);
});

describe("the second monitor is closed", () => {
  /** The page wants one monitor again, and offers a second one. */
  async function isOneAgain(): Promise<void> {
    expect(await wishedFor(2)).toBe(null);
    await tool("Second monitor").waitFor();
    await page.keyboard.press("x");
    expect((await keys(side, 1))[0]).toEqual([0x78, 1]);
  }

  test("by its window", async () => {
    await second.close({ runBeforeUnload: true });
    await isOneAgain();
  });

  test("by the tool, and if the browser blocks the next one that is said", async () => {
    const closed = second.waitForEvent("close");
    await tool("Close second monitor").click();
    await closed;
    await isOneAgain();
    await page.evaluate(() => {
      window.open = () => null;
    });
    await tool("Second monitor").click();
    await page.getByText("Allow pop-up windows for this site, then try again.").waitFor();
    await tool("Second monitor").waitFor();
  });

  test("with the page", async () => {
    const closed = second.waitForEvent("close");
    await page.reload();
    await closed;
    const [hello] = await (await gateway.connection()).heard(FromBrowser.HELLO);
    expect(agent.bodyOf(hello ?? new Uint8Array())).toMatchObject({ second: null });
  });

  test("with the session", async () => {
    const closed = second.waitForEvent("close");
    side.say(agent.end("ended_by_user", ""));
    await closed;
    await state("ended");
  });
});

test("a lost connection is made again for both windows", async () => {
  side.cut();
  const again = await gateway.connection();
  await second.getByText("Reconnecting").waitFor();
  const [hello] = await again.heard(FromBrowser.HELLO);
  const { width, height } = area;
  expect(agent.bodyOf(hello ?? new Uint8Array())).toMatchObject({ second: { width, height } });
  const screens = [FIRST, area].map((screen) => [screen.x, screen.y, screen.width, screen.height]);
  again.say(agent.welcome({ ...whole, screens }));
  side = again;
  await paint();
  await isShown(second, BLUE);
  await second.getByText("Reconnecting").waitFor({ state: "hidden" });
});
