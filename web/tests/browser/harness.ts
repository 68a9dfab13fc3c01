/** A page in a real Chromium, with the test as its gateway and agent. */

import axe, { type AxeResults } from "axe-core";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { FromBrowser } from "../../src/core/tags";
import * as agent from "../support/agent-messages";
import { jpeg } from "./film";
import { Gateway, demoSession, type AgentSide } from "./gateway";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"];
export const STAGE = { width: 1000, height: 560 };
const VIEWPORT = { width: 1000, height: 600 };

export const applications = [
  { name: "galculator", displayName: "Calculator", description: "", icon: "" },
  { name: "mousepad", displayName: "Editor", description: "", icon: "" },
];

let browser: Browser;
export let gateway: Gateway;
export let page: Page;
let faults: string[];

/** Every test of the file has a page and a gateway of its own, and fails if the page has faults. */
export function withPage(options: BrowserContextOptions = {}): void {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
  });

  afterAll(async () => {
    await browser.close();
  });

  beforeEach(async () => {
    gateway = new Gateway();
    await gateway.start();
    page = await browser.newPage({ viewport: VIEWPORT, ...options });
    faults = [];
    keepFaultsOf(page);
    page.on("popup", keepFaultsOf);
  });

  afterEach(async () => {
    await page.close();
    await gateway.stop();
    expect(faults).toEqual([]);
  });
}

function keepFaultsOf(watched: Page): void {
  watched.on("pageerror", (error) => faults.push(error.message));
  watched.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) faults.push(message.text());
  });
}

/** The page of the streaming URL, and the agent's side of its connection, which has said HELLO. */
export async function openSession(changes: object = {}): Promise<AgentSide> {
  const answer = { status: 200, body: { ...demoSession, ...changes } };
  gateway.answers.set("POST /authenticate", answer);
  await page.goto(gateway.streamingUrl);
  const side = await gateway.connection();
  await side.heard(FromBrowser.HELLO);
  return side;
}

/** A session that shows a picture of this colour. */
export async function streamingSession(
  colour = "#204060",
  welcome: object = {},
): Promise<AgentSide> {
  const side = await openSession();
  const size = await stageSize(side);
  side.say(agent.welcome({ ...size, ...welcome }), agent.frame(await jpeg(page, colour, size), size));
  await side.heard(FromBrowser.ACK);
  return side;
}

/** The size that the page has asked for. */
async function stageSize(side: AgentSide): Promise<{ width: number; height: number }> {
  const [hello = new Uint8Array()] = await side.heard(FromBrowser.HELLO);
  const { width, height } = agent.bodyOf(hello) as { width: number; height: number };
  return { width, height };
}

export async function state(wanted: string): Promise<void> {
  await page.waitForSelector(`html[data-state=${wanted}]`, { state: "attached" });
}

export function heading(): Promise<string | null> {
  return page.textContent("h1:visible");
}

/** The first key messages, as keysym and whether it is pressed. */
export async function keys(
  side: AgentSide,
  count: number,
): Promise<readonly (readonly number[])[]> {
  const messages = await side.heard(FromBrowser.KEY, count);
  return messages.map((message) => {
    const view = new DataView(message.buffer);
    return [view.getUint32(1), view.getUint8(5)];
  });
}

/** The first pointer messages, as x, y and buttons. */
export async function places(
  side: AgentSide,
  count: number,
): Promise<readonly (readonly number[])[]> {
  const messages = await side.heard(FromBrowser.POINTER, count);
  return messages.map((message) => {
    const view = new DataView(message.buffer);
    return [view.getUint16(1), view.getUint16(3), view.getUint8(5)];
  });
}

/** What axe finds wrong with the page as it is now, on light and on dark. */
export async function unreadable(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<AxeResults>("axe.run()");
    for (const { id, nodes } of violations) {
      for (const { target, failureSummary } of nodes) {
        found.push(`${colorScheme}: ${id}: ${target.join(" ")}: ${failureSummary ?? ""}`);
      }
    }
  }
  return found;
}

export function near(colour: readonly number[], wanted: readonly number[]): boolean {
  return colour.every((value, index) => Math.abs(value - (wanted[index] ?? 0)) < 12);
}
