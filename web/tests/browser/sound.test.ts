/** The sound of the built page in a real Chromium, with the test as its gateway and agent. */

import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { FromAgent, FromBrowser, SoundFlag, VoiceCodec } from "../../src/core/tags";
import * as agent from "../support/agent-messages";
import { heardHertz, opusTone, wearEarphones } from "../support/earphones";
import { Gateway, type AgentSide } from "./gateway";

const FLAGS = [
  ...["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"],
  ...["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
];
const OFFERED = { features: { sound: { offered: true, reason: "" } } };

let browser: Browser;
let gateway: Gateway;
let page: Page;

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
});

afterAll(async () => {
  await browser.close();
});

beforeEach(async () => {
  gateway = new Gateway();
  await gateway.start();
  page = await browser.newPage();
  await wearEarphones(page);
});

afterEach(async () => {
  await page.close();
  await gateway.stop();
});

/** A session that has been welcomed so. */
async function session(welcome: object = OFFERED): Promise<AgentSide> {
  await page.goto(gateway.streamingUrl);
  const side = await gateway.connection();
  await side.heard(FromBrowser.HELLO);
  side.say(agent.welcome(welcome));
  return side;
}

/** The same, and the user has clicked, without which browsers are silent. */
async function usedSession(): Promise<AgentSide> {
  const side = await session();
  await side.heard(FromBrowser.LISTEN);
  await page.getByText("Preparing").waitFor();
  await page.mouse.click(300, 300);
  return side;
}

/** A tenth of a second of this tone, with silence after it. */
async function play(side: AgentSide, hertz: number): Promise<void> {
  send(side, await opusTone(page, hertz, 5));
}

function send(side: AgentSide, packets: readonly Uint8Array[]): void {
  packets.forEach((packet, number) => {
    side.say(agent.sound(packet, { number, flags: number === 4 ? SoundFlag.LAST : 0 }));
  });
}

async function hear(hertz: number): Promise<void> {
  await expect.poll(() => heardHertz(page), { timeout: 10_000 }).toBeCloseTo(hertz, -1);
}

/** The frequency that is heard just now; an error while it is silent. */
async function audible(): Promise<number> {
  const hertz = await heardHertz(page);
  if (hertz === 0) throw new Error("nothing is heard");
  return hertz;
}

async function said(side: AgentSide, tag: number, count: number): Promise<number | undefined> {
  return (await side.heard(tag, count)).at(-1)?.[1];
}

describe("sound", () => {
  test("is asked for, played, and acknowledged", async () => {
    const side = await usedSession();
    expect(await said(side, FromBrowser.LISTEN, 1)).toBe(1);
    await play(side, 440);
    await hear(440);
    const [heard] = await side.heard(FromBrowser.HEARD);
    expect([...(heard ?? [])]).toEqual([FromBrowser.HEARD, 0, 0]);
  });

  test("is not sent while it is muted", async () => {
    const side = await usedSession();
    await page.getByRole("button", { name: "Mute" }).click();
    expect(await said(side, FromBrowser.LISTEN, 2)).toBe(0);
    await page.getByRole("button", { name: "Unmute" }).click();
    expect(await said(side, FromBrowser.LISTEN, 3)).toBe(1);
    await play(side, 440);
    await hear(440);
  });

  test("is not sent before the user has done something, where the browser holds it back", async () => {
    // To the browser a test's script is the user's doing, so none may run in this page.
    const elsewhere = await browser.newPage();
    gateway.answers.set("GET /empty", { status: 200, body: {} });
    await elsewhere.goto(`${gateway.origin}/empty`);
    const packets = await opusTone(elsewhere, 440, 5);
    await elsewhere.close();
    const side = await session();
    await side.heard(FromBrowser.LISTEN);
    send(side, packets);
    expect(await said(side, FromBrowser.LISTEN, 2)).toBe(0);
    await page.getByTitle("Sound begins when you click or press a key").waitFor();
    await page.keyboard.press("a");
    expect(await said(side, FromBrowser.LISTEN, 3)).toBe(1);
    // A tone is soon over, and on a busy machine nobody may have listened in time: then another,
    // once the first is out of hearing.
    const heard = async (): Promise<number> => {
      await play(side, 660);
      return vi.waitFor(audible, { timeout: 600 }).catch(() => 0);
    };
    await expect.poll(heard, { timeout: 15_000, interval: 1000 }).toBeCloseTo(660, -1);
  });

  test("that the agent has not is not asked for, and the page says why", async () => {
    await session({ features: { sound: { offered: false, reason: "pulseaudio is missing" } } });
    const mute = page.getByTitle("No sound: pulseaudio is missing");
    await mute.waitFor();
    expect(await mute.isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Microphone" }).count()).toBe(0);
  });

  test("that the browser cannot play is not asked for, and the page says why", async () => {
    await page.addInitScript(() => {
      Reflect.deleteProperty(globalThis, "AudioDecoder");
    });
    const side = await session();
    await page.getByTitle("No sound: This browser cannot play the sound of a session.").waitFor();
    expect(side.received.some(([tag]) => tag === FromBrowser.LISTEN)).toBe(false);
  });
});

describe("the microphone", () => {
  test.each([
    { name: "as Opus", codec: VoiceCodec.OPUS, without: "" },
    { name: "as samples where the browser does not encode", codec: VoiceCodec.PCM, without: "AudioEncoder" },
  ])("is sent $name while it is on, and not before or after", async ({ codec, without }) => {
    await page.addInitScript((name) => {
      Reflect.deleteProperty(globalThis, name);
    }, without);
    const side = await usedSession();
    expect(side.received.some(([tag]) => tag === FromBrowser.VOICE)).toBe(false);
    const button = page.getByRole("button", { name: "Microphone" });
    await button.click();
    expect(await said(side, FromBrowser.MICROPHONE, 1)).toBe(1);
    expect((await side.heard(FromBrowser.VOICE, 5)).every((piece) => piece[1] === codec)).toBe(true);
    await page.getByRole("button", { name: "Microphone", pressed: true }).click();
    expect(await said(side, FromBrowser.MICROPHONE, 2)).toBe(0);
    await page.getByRole("button", { name: "Microphone", pressed: false }).waitFor();
    expect(side.received.at(-1)?.[0]).toBe(FromBrowser.MICROPHONE);
  });

  test("is off again when the agent says that nobody hears it", async () => {
    const side = await usedSession();
    await page.getByRole("button", { name: "Microphone" }).click();
    await side.heard(FromBrowser.VOICE);
    side.say(new Uint8Array([FromAgent.MICROPHONE, 0]));
    await page.getByRole("button", { name: "Microphone", pressed: false }).waitFor();
  });
});
