/** The toolbar and what it opens, in a real Chromium. */

import { beforeEach, describe, expect, test } from "vitest";
import { FromAgent, FromBrowser, WindowAct } from "../../src/core/tags";
import * as agent from "../support/agent-messages";
import type { AgentSide } from "./gateway";
import { gateway, keys, page, streamingSession, withPage } from "./harness";

withPage({ deviceScaleFactor: 2 });

const NOTES = { id: 3, title: "notes.txt", active: true, minimised: false };
const SUMS = { id: 0x2000004, title: "Sums", active: false, minimised: true };

/** The application has the keyboard: it hears what is typed next. */
async function typesAgain(side: AgentSide): Promise<void> {
  side.received.length = 0;
  await page.keyboard.press("x");
  expect((await keys(side, 1))[0]).toEqual([0x78, 1]);
}

async function acts(side: AgentSide, count: number): Promise<readonly (readonly number[])[]> {
  const messages = await side.heard(FromBrowser.WINDOW, count);
  return messages.map((message) => {
    const view = new DataView(message.buffer);
    return [view.getUint32(1), view.getUint8(5)];
  });
}

describe("the list of windows", () => {
  let side: AgentSide;

  beforeEach(async () => {
    const features = { windows: { windows: [NOTES, SUMS] } };
    side = await streamingSession("#204060", { features });
    await page.getByRole("button", { name: "Windows" }).click();
  });

  test("brings one to the front, and gives the keys back", async () => {
    const list = page.getByRole("dialog", { name: "Windows" });
    expect(await list.locator("[aria-current]").textContent()).toBe("notes.txt");
    await list.getByRole("button", { name: "Sums Minimised" }).click();
    expect(await acts(side, 1)).toEqual([[SUMS.id, WindowAct.SHOW]]);
    await list.waitFor({ state: "hidden" });
    await typesAgain(side);
  });

  test("minimises and closes, and follows what comes of it", async () => {
    await page.getByRole("button", { name: "Minimise notes.txt" }).click();
    await page.getByRole("button", { name: "Close Sums" }).click();
    expect(await acts(side, 2)).toEqual([
      [NOTES.id, WindowAct.MINIMISE],
      [SUMS.id, WindowAct.CLOSE],
    ]);
    const left = { windows: [{ ...NOTES, title: "poem.txt" }] };
    side.say(agent.jsonMessage(FromAgent.WINDOWS, left));
    await page.getByRole("button", { name: "Close poem.txt" }).waitFor();
    await page.getByText("Sums").waitFor({ state: "detached" });
    side.say(agent.jsonMessage(FromAgent.WINDOWS, { windows: [] }));
    await page.getByText("No window is open.").waitFor();
  });
});

test("everything is reached with the keyboard, and Escape leads back", async () => {
  const side = await streamingSession();
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? "");
  await page.keyboard.press("Control+Alt+Shift+KeyM");
  await page.keyboard.press("ArrowRight");
  expect(await focused()).toBe("Send keys");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  expect(await focused()).toBe("Alt + Tab");
  await page.keyboard.press("Escape");
  await typesAgain(side);
});

test("keys that the browser keeps to itself can be sent", async () => {
  const side = await streamingSession();
  await page.getByRole("button", { name: "Send keys" }).click();
  await page.getByRole("menuitem", { name: "Ctrl + W" }).click();
  expect(await keys(side, 4)).toEqual([
    [0xffe3, 1],
    [0x77, 1],
    [0x77, 0],
    [0xffe3, 0],
  ]);
  await typesAgain(side);
});

describe("settings", () => {
  test("change the picture's resolution at once, and for the next time", async () => {
    const side = await streamingSession();
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByLabel("Use all of the screen's pixels").uncheck();
    const [resize = new Uint8Array()] = await side.heard(FromBrowser.RESIZE);
    expect(agent.bodyOf(resize)).toEqual({ width: 1000, height: 560, scale: 1, second: null });
    await page.getByRole("button", { name: "Done" }).click();
    await typesAgain(side);
    await page.reload();
    const [hello = new Uint8Array()] = await (await gateway.connection()).heard(FromBrowser.HELLO);
    expect(agent.bodyOf(hello)).toMatchObject({ width: 1000, scale: 1 });
  });

  test("hide what is measured", async () => {
    const side = await streamingSession();
    await side.heard(FromBrowser.PING);
    const readout = page.locator(".readout");
    await readout.waitFor();
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByLabel("Show connection speed").uncheck();
    await readout.waitFor({ state: "hidden" });
    await page.keyboard.press("Escape");
    await typesAgain(side);
  });

  test("hold for the page where nothing may be kept", async () => {
    await page.addInitScript(() => {
      Object.defineProperty(globalThis, "localStorage", {
        get: () => {
          throw new DOMException("denied", "SecurityError");
        },
      });
    });
    const side = await streamingSession();
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByLabel("Use all of the screen's pixels").uncheck();
    await side.heard(FromBrowser.RESIZE);
  });
});

test("the profile tells who and how, and what is measured", async () => {
  const side = await streamingSession();
  await side.heard(FromBrowser.PING);
  await page.getByRole("button", { name: "Profile" }).click();
  const profile = page.getByRole("dialog", { name: "Profile" });
  await profile.getByRole("heading", { name: "ada" }).waitFor();
  const details = (await profile.locator("dl").textContent()) ?? "";
  expect(details).toMatch(/Stackdemo.*Fleetdemo-fleet.*Picture2000 × 1120.*Round trip\d+ ms/);
  expect(details).toMatch(/Bandwidth used[\d.]+ Mbit\/s/);
});

test("a window that is narrow has the rest in a menu", async () => {
  const side = await streamingSession();
  await page.setViewportSize({ width: 260, height: 600 });
  const profile = page.getByRole("menuitem", { name: "Profile" });
  await page.getByRole("button", { name: "More" }).click();
  await profile.click();
  await page.getByRole("button", { name: "End session" }).waitFor();
  await page.keyboard.press("Escape");
  await typesAgain(side);
  await page.setViewportSize({ width: 1000, height: 600 });
  await page.getByRole("button", { name: "Profile" }).waitFor();
  await page.getByRole("button", { name: "More" }).waitFor({ state: "hidden" });
});

test("full screen has all of the keyboard, and is entered and left", async () => {
  await page.addInitScript(() => {
    const { keyboard } = navigator as unknown as { keyboard: { lock: () => Promise<void> } };
    const lock = keyboard.lock.bind(keyboard);
    keyboard.lock = async (...keys: readonly unknown[]) => {
      await lock();
      document.documentElement.dataset.locked = `${keys.length} keys named`;
    };
  });
  const side = await streamingSession();
  await page.getByRole("button", { name: "Full screen", exact: true }).click();
  const leave = page.getByRole("button", { name: "Leave full screen" });
  await leave.waitFor({ state: "attached" });
  // None is named, so all are the application's that the browser lets a page have.
  await page.locator("html[data-locked='0 keys named']").waitFor({ state: "attached" });
  await typesAgain(side);
  await page.keyboard.press("Control+Alt+Shift+KeyM");
  await leave.click();
  await page.getByRole("button", { name: "Full screen", exact: true }).waitFor();
});
