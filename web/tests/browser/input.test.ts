/** Keys, text, mouse, wheel and fingers in a real Chromium, as the agent hears of them. */

import type { CDPSession } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { FromBrowser } from "../../src/core/tags";
import * as agent from "../support/agent-messages";
import type { AgentSide } from "./gateway";
import { STAGE, gateway, keys, page, places, state, streamingSession, withPage } from "./harness";

withPage();

describe("input", () => {
  test("by keys needs no click first", async () => {
    const side = await streamingSession();
    await page.keyboard.press("Shift+KeyA");
    await page.keyboard.press("Enter");
    expect(await keys(side, 6)).toEqual([
      [0xffe1, 1],
      [0x41, 1],
      [0x41, 0],
      [0xffe1, 0],
      [0xff0d, 1],
      [0xff0d, 0],
    ]);
  });

  test("by an input method is typed", async () => {
    const side = await streamingSession();
    await page.keyboard.insertText("日");
    expect(await keys(side, 2)).toEqual([
      [0x010065e5, 1],
      [0x010065e5, 0],
    ]);
  });

  test("by the mouse is in the screen's own pixels", async () => {
    const side = await streamingSession();
    await page.mouse.click(300, 140, { button: "right" });
    expect(await places(side, 3)).toEqual([
      [300, 100, 0],
      [300, 100, 4],
      [300, 100, 0],
    ]);
  });

  test("by the wheel is in notches", async () => {
    const side = await streamingSession();
    await page.mouse.move(300, 140);
    await page.mouse.wheel(0, 120);
    const [wheel] = await side.heard(FromBrowser.WHEEL);
    expect([...(wheel ?? [])]).toEqual([5, 0, 0, 0, 120]);
  });

  test("by the wheel sideways, too", async () => {
    const side = await streamingSession();
    await page.mouse.move(300, 140);
    await page.mouse.wheel(-120, 0);
    const [wheel] = await side.heard(FromBrowser.WHEEL);
    expect([...(wheel ?? [])]).toEqual([5, 0xff, 0x88, 0, 0]);
  });
});

describe("what is held is let go", () => {
  test("when the focus goes to the toolbar", async () => {
    const side = await streamingSession();
    await page.keyboard.down("Control");
    await page.keyboard.down("Alt");
    await page.keyboard.down("Shift");
    await page.keyboard.press("KeyM");
    await side.heard(FromBrowser.RELEASE);
    const focused = await page.evaluate(() => document.activeElement?.textContent);
    expect(focused).toBe("Windows");
  });

  test("when another window takes the keyboard", async () => {
    const side = await streamingSession();
    await page.keyboard.down("Shift");
    await keys(side, 1);
    await page.locator("textarea").evaluate((field) => {
      field.blur();
    });
    await side.heard(FromBrowser.RELEASE);
  });

  test("when the connection is lost, and a key that is still down is not released twice", async () => {
    const side = await streamingSession();
    await page.keyboard.down("Control");
    await keys(side, 1);
    side.cut();
    const again = await gateway.connection();
    await again.heard(FromBrowser.HELLO);
    again.say(agent.welcome(STAGE));
    await state("streaming");
    await page.keyboard.up("Control");
    await page.keyboard.press("x");
    expect(await keys(again, 2)).toEqual([
      [0x78, 1],
      [0x78, 0],
    ]);
  });
});

/** The characters that a session hears typed. */
async function typed(side: AgentSide, count: number): Promise<string> {
  const pressed = (await keys(side, 2 * count)).filter(([, isDown]) => isDown === 1);
  return pressed.map(([keysym = 0]) => characterOf(keysym)).join("");
}

function characterOf(keysym: number): string {
  return keysym === 0xff08 ? "\b" : String.fromCodePoint(keysym & 0xffffff);
}

describe("an input method", () => {
  let side: AgentSide;
  let devtools: CDPSession;

  beforeEach(async () => {
    side = await streamingSession();
    devtools = await page.context().newCDPSession(page);
  });

  async function compose(text: string): Promise<void> {
    const at = { selectionStart: text.length, selectionEnd: text.length };
    await devtools.send("Input.imeSetComposition", { text, ...at });
  }

  test.each([
    ["Chinese", ["n", "ni", "nih", "nihao"], "你好"],
    ["Japanese", ["n", "に", "にh", "にほ", "にほん", "日本"], "日本"],
    ["Korean", ["ㅎ", "하", "한"], "한"],
    ["a dead key", ["´"], "é"],
    ["what lies beyond sixteen bits", ["k"], "𠮷😀"],
  ])("for %s types what was committed, and nothing on the way", async (_name, steps, text) => {
    for (const step of steps) await compose(step);
    await devtools.send("Input.insertText", { text });
    await page.keyboard.press(".");
    expect(await typed(side, Array.from(text).length + 1)).toBe(`${text}.`);
  });

  test("that is given up types nothing", async () => {
    await compose("ni");
    await compose("");
    await page.keyboard.press(".");
    expect(await typed(side, 1)).toBe(".");
  });

  test("shows what is being composed where the user works", async () => {
    await page.mouse.click(300, 140);
    await compose("nihao");
    const box = await page.locator("textarea.composing").boundingBox();
    expect(box).toMatchObject({ x: 300 });
    expect(await page.locator("textarea").inputValue()).toBe("nihao");
  });

  test("on a phone's keyboard types as it goes", async () => {
    const unnamed = { type: "rawKeyDown", key: "Unidentified", code: "", windowsVirtualKeyCode: 229 };
    for (const text of ["t", "te", "teh", "the"]) {
      await devtools.send("Input.dispatchKeyEvent", unnamed as never);
      await compose(text);
    }
    expect(await typed(side, 7)).toBe("teh\b\bhe");
  });
});
