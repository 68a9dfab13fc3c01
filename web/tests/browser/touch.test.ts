/** Fingers on a touch screen, in a real Chromium. */

import { describe, expect, test } from "vitest";
import { FromBrowser } from "../../src/core/tags";
import { page, places, streamingSession, withPage } from "./harness";

withPage({ hasTouch: true });

describe("a finger", () => {
  test("that taps clicks, without a keyboard on the screen", async () => {
    const side = await streamingSession();
    await page.touchscreen.tap(300, 140);
    expect(await places(side, 3)).toEqual([
      [300, 94, 0],
      [300, 94, 1],
      [300, 94, 0],
    ]);
  });

  test("that stays clicks with the right button", async () => {
    const side = await streamingSession();
    const devtools = await page.context().newCDPSession(page);
    const touchPoints = [{ x: 300, y: 140 }];
    await devtools.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
    expect((await places(side, 3)).map(([, , buttons]) => buttons)).toEqual([0, 4, 0]);
    await devtools.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  });

  test("and another scroll, and do not move the page", async () => {
    const side = await streamingSession();
    const devtools = await page.context().newCDPSession(page);
    const fingers = (y: number): { x: number; y: number }[] => [
      { x: 300, y },
      { x: 340, y },
    ];
    await devtools.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: fingers(200) });
    for (const y of [220, 260, 300]) {
      await devtools.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: fingers(y) });
    }
    await side.heard(FromBrowser.WHEEL, 2);
    await devtools.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    const [wheel] = await side.heard(FromBrowser.WHEEL);
    expect(new DataView((wheel ?? new Uint8Array()).buffer).getInt16(3)).toBeLessThan(0);
  });

  test("on the keyboard button opens the device's own keyboard, and closes it", async () => {
    await streamingSession();
    const mode = (): Promise<string> =>
      page.locator("textarea").evaluate((field: HTMLTextAreaElement) => field.inputMode);
    expect(await mode()).toBe("none");
    const tool = page.getByRole("button", { name: "On-screen keyboard" });
    await tool.tap();
    expect([await mode(), await tool.getAttribute("aria-pressed")]).toEqual(["text", "true"]);
    await tool.tap();
    expect(await mode()).toBe("none");
  });
});
