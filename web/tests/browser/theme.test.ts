/** A stack's theme on every page that its users see. */

import { beforeEach, describe, expect, test } from "vitest";
import * as agent from "../support/agent-messages";
import { STAGE, applications, gateway, openSession, page, state, unreadable, withPage } from "./harness";

withPage({ reducedMotion: "reduce" });

const LINK = { name: "Help", url: "https://help.example/" };
const THEME = { title: "Training", styling: "PINK", logo: "", favicon: "", links: [LINK] };

/** The documented colours of website links and of the background, on light. */
const COLOURS: readonly (readonly [string, string, string])[] = [
  ["RED", "rgb(213, 25, 0)", "rgb(250, 249, 247)"],
  ["LIGHT_BLUE", "rgb(26, 117, 174)", "rgb(246, 246, 246)"],
  ["BLUE", "rgb(0, 112, 186)", "rgb(255, 255, 255)"],
  ["PINK", "rgb(228, 0, 101)", "rgb(255, 255, 255)"],
];

async function catalog(): Promise<void> {
  const side = await openSession({ view: "APP" });
  side.say(agent.welcome({ ...STAGE, view: "APP", applications, running: [] }));
  await page.getByRole("dialog", { name: "Catalog" }).waitFor();
}

async function preparing(): Promise<void> {
  await openSession();
  await state("preparing");
}

async function refused(): Promise<void> {
  const body = { error: "used_url", message: "Ask for a new one." };
  gateway.answers.set("POST /authenticate", { status: 403, body });
  await page.goto(gateway.streamingUrl);
  await state("error");
}

async function ended(): Promise<void> {
  const side = await openSession();
  side.say(agent.end("ended_by_user", ""));
  side.close(4410);
  await state("ended");
}

const PAGES = { catalog, preparing, refused, ended };

describe.each(COLOURS)("the colours of %s", (styling, link, ground) => {
  beforeEach(() => {
    gateway.theme = { ...THEME, styling };
  });

  test.each(Object.keys(PAGES) as (keyof typeof PAGES)[])("are on the page %s", async (name) => {
    await PAGES[name]();
    await page.emulateMedia({ colorScheme: "light" });
    expect(await page.title()).toBe("Training");
    const help = page.getByRole("link", { name: "Help" }).filter({ visible: true }).first();
    const colour = await help.evaluate((element) => getComputedStyle(element).color);
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect([colour, background]).toEqual([link, ground]);
    expect(await unreadable()).toEqual([]);
  });
});
