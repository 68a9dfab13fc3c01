/** A connection that comes and goes, in a real Chromium. */

import { describe, expect, test } from "vitest";
import { FromBrowser } from "../../src/core/tags";
import * as agent from "../support/agent-messages";
import { shownColour } from "./film";
import { STAGE, gateway, heading, keys, near, page, state, streamingSession, withPage } from "./harness";

withPage();

describe("a connection that is lost", () => {
  test("is made again over the last picture", async () => {
    const side = await streamingSession("#208020");
    side.cut();
    const again = await gateway.connection();
    await state("reconnecting");
    expect(await heading()).toBe("Reconnecting");
    expect(near(await shownColour(page), [0x20, 0x80, 0x20])).toBe(true);
    await again.heard(FromBrowser.HELLO);
    again.say(agent.welcome(STAGE));
    await state("streaming");
    await page.getByText("Reconnecting").waitFor({ state: "hidden" });
  });

  test("of a session that has ended meanwhile is not made again", async () => {
    const side = await streamingSession();
    const body = { error: "max_duration", message: "It reached its longest duration." };
    gateway.answers.set("GET /session", { status: 410, body });
    side.cut();
    (await gateway.connection()).cut();
    await state("ended");
    expect(await heading()).toBe("Your session has reached its time limit");
  });

  test("to another window can be taken back", async () => {
    const side = await streamingSession();
    side.close(4409);
    await state("error");
    expect(await heading()).toBe("Your session is open in another window");
    await page.getByRole("button", { name: "Use here" }).click();
    await (await gateway.connection()).heard(FromBrowser.HELLO);
  });

  test("because the session has ended says how", async () => {
    const side = await streamingSession();
    const body = { error: "fleet_stopped", message: "Its fleet has been stopped." };
    gateway.answers.set("GET /session", { status: 410, body });
    side.close(4410);
    await state("ended");
    expect(await heading()).toBe("The fleet has been stopped");
  });

  test("without a word is found out by the user's next key", async () => {
    await page.clock.install();
    const side = await streamingSession();
    side.fallSilent();
    await page.keyboard.press("x");
    await page.clock.runFor(3500);
    const again = await gateway.connection();
    await again.heard(FromBrowser.HELLO);
    again.say(agent.welcome(STAGE));
    await page.getByText("Reconnecting").waitFor({ state: "hidden" });
    await page.keyboard.press("y");
    expect((await keys(again, 2))[0]).toEqual([0x79, 1]);
  });

  test("without a word is found out when the page is shown again", async () => {
    await page.clock.install();
    const side = await streamingSession();
    side.fallSilent();
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await page.clock.runFor(1100);
    await (await gateway.connection()).heard(FromBrowser.HELLO);
  });

  test("with the network is made again as soon as there is one", async () => {
    await page.clock.install();
    const side = await streamingSession();
    await page.clock.pauseAt(Date.now() + 60_000);
    await page.context().setOffline(true);
    side.cut();
    await state("reconnecting");
    await page.context().setOffline(false);
    await (await gateway.connection()).heard(FromBrowser.HELLO);
  });
});
