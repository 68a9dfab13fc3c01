/** The built page in a real Chromium, with the test as its gateway and agent. */

import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Codec, FromAgent, FromBrowser } from "../../src/core/tags";
import * as agent from "../support/agent-messages";
import { h264, jpeg, shownColour } from "./film";
import { Gateway, demoSession, type AgentSide } from "./gateway";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"];
const STAGE = { width: 1000, height: 560 };
const VIEWPORT = { width: 1000, height: 600 };

const applications = [
  { name: "galculator", displayName: "Calculator", description: "", icon: "" },
  { name: "mousepad", displayName: "Editor", description: "", icon: "" },
];

let browser: Browser;
let gateway: Gateway;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
});

afterAll(async () => {
  await browser.close();
});

beforeEach(async () => {
  gateway = new Gateway();
  await gateway.start();
  page = await browser.newPage({ viewport: VIEWPORT });
  faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.text().includes('Content Security Policy')) faults.push(message.text());
  });
});

afterEach(async () => {
  await page.close();
  await gateway.stop();
  expect(faults).toEqual([]);
});

/** The page of the streaming URL, and the agent's side of its connection, which has said HELLO. */
async function openSession(changes: object = {}): Promise<AgentSide> {
  const answer = { status: 200, body: { ...demoSession, ...changes } };
  gateway.answers.set("POST /authenticate", answer);
  await page.goto(gateway.streamingUrl);
  const side = await gateway.connection();
  await side.heard(FromBrowser.HELLO);
  return side;
}

/** A session that shows a picture of this colour. */
async function streamingSession(colour = "#204060"): Promise<AgentSide> {
  const side = await openSession();
  side.say(agent.welcome(STAGE), agent.frame(await jpeg(page, colour, STAGE), STAGE));
  await side.heard(FromBrowser.ACK);
  return side;
}

async function state(wanted: string): Promise<void> {
  await page.waitForSelector(`html[data-state=${wanted}]`, { state: "attached" });
}

function heading(): Promise<string | null> {
  return page.textContent("h1:visible");
}

async function keys(side: AgentSide, count: number): Promise<readonly (readonly number[])[]> {
  const messages = await side.heard(FromBrowser.KEY, count);
  return messages.map((message) => {
    const view = new DataView(message.buffer);
    return [view.getUint32(1), view.getUint8(5)];
  });
}

function near(colour: readonly number[], wanted: readonly number[]): boolean {
  return colour.every((value, index) => Math.abs(value - (wanted[index] ?? 0)) < 12);
}

describe("a streaming URL", () => {
  test("is exchanged by a POST for a session, and leaves the address", async () => {
    const side = await openSession({ application: "galculator" });
    const posted = gateway.requests.find(({ name }) => name === "POST /authenticate");
    expect(JSON.parse(posted?.body ?? "")).toEqual({ parameters: "a+b/c=", signature: "s+/=" });
    expect(page.url()).toBe(
      `${gateway.origin}/?session=5e55#/streaming/?reference=fleet%2Fdemo-fleet&app=galculator`,
    );
    const [hello] = await side.heard(FromBrowser.HELLO);
    expect(agent.bodyOf(hello ?? new Uint8Array())).toEqual({
      version: 2,
      ...STAGE,
      scale: 1,
      codecs: ["h264", "jpeg"],
    });
    await state("preparing");
    expect(await heading()).toBe("Preparing your session");
  });

  test("that is refused says why, and connects nowhere", async () => {
    const body = { error: "used_url", message: "Ask for a new one." };
    gateway.answers.set("POST /authenticate", { status: 403, body });
    await page.goto(gateway.streamingUrl);
    await state("error");
    expect(await heading()).toBe("This link has already been used");
    expect(await page.textContent("main p")).toBe("Ask for a new one.");
  });

  test("is not needed again: a reload goes on by the cookie", async () => {
    await streamingSession();
    await page.reload();
    const again = await gateway.connection();
    await again.heard(FromBrowser.HELLO);
    expect(gateway.requests.filter(({ name }) => name === "POST /authenticate")).toHaveLength(1);
    expect(gateway.requests.some(({ name }) => name === "GET /session")).toBe(true);
  });
});

describe("the picture", () => {
  test("comes as H.264, and each frame is acknowledged once it is drawn", async () => {
    const side = await openSession();
    const [red = new Uint8Array(), blue = new Uint8Array()] = await h264(
      page,
      ["#c02020", "#2020c0"],
      STAGE,
    );
    const video = { ...STAGE, codec: Codec.H264 };
    side.say(agent.welcome(STAGE), agent.frame(red, { ...video, flags: 3, id: 65535 }));
    await side.heard(FromBrowser.ACK);
    expect(near(await shownColour(page), [0xc0, 0x20, 0x20])).toBe(true);
    side.say(agent.frame(blue, { ...video, flags: 2, id: 0 }));
    const acknowledged = await side.heard(FromBrowser.ACK, 2);
    expect(near(await shownColour(page), [0x20, 0x20, 0xc0])).toBe(true);
    expect(acknowledged.map((message) => [...message])).toEqual([
      [2, 255, 255],
      [2, 0, 0],
    ]);
  });

  test("that cannot be decoded is asked for anew, then in another codec", async () => {
    const side = await openSession();
    side.say(agent.welcome(STAGE));
    const broken = new Uint8Array([0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0, 0, 0, 1, 0x65, 0xff]);
    for (const id of [1, 2, 3]) {
      side.say(agent.frame(broken, { ...STAGE, codec: Codec.H264, id }));
      await side.heard(FromBrowser.ACK, id);
      if (id < 3) await side.heard(FromBrowser.REFRESH, id);
    }
    const again = await gateway.connection();
    const [hello] = await again.heard(FromBrowser.HELLO);
    expect(agent.bodyOf(hello ?? new Uint8Array())).toMatchObject({ codecs: ["jpeg"] });
  });

  test("comes as JPEG stripes, and the first drawn is marked", async () => {
    const side = await openSession();
    const half = { width: 1000, height: 280 };
    const [upper, lower] = [await jpeg(page, "#20c020", half), await jpeg(page, "#c0c020", half)];
    side.say(
      agent.welcome(STAGE),
      agent.frame(upper, { ...half, flags: 1 }),
      agent.frame(lower, { ...half, y: 280 }),
    );
    await side.heard(FromBrowser.ACK);
    expect(near(await shownColour(page), [0xc0, 0xc0, 0x20])).toBe(true);
    await state("streaming");
    expect(await page.getAttribute("html", "data-frames")).toBe("1");
    const marks = await page.evaluate(
      () => performance.getEntriesByName("ownstream:first-frame").length,
    );
    expect(marks).toBe(1);
  });

  test("is asked for in the window's size when that changes", async () => {
    const side = await streamingSession();
    await page.setViewportSize({ width: 801, height: 501 });
    const [resize] = await side.heard(FromBrowser.RESIZE);
    const wanted = { width: 800, height: 460, scale: 1 };
    expect(agent.bodyOf(resize ?? new Uint8Array())).toEqual(wanted);
  });

  test("has the remote cursor", async () => {
    const side = await streamingSession();
    side.say(
      agent.cursor({ x: 3, y: 4, width: 8, height: 8 }, new Uint8Array(8 * 8 * 4).fill(255)),
    );
    await page.waitForFunction(() =>
      /^url\("data:image\/png.*"\) 3 4, default$/.test(
        document.querySelector("canvas")?.style.cursor ?? "",
      ),
    );
    side.say(agent.cursor({ x: 0, y: 0, width: 0, height: 0 }, new Uint8Array(0)));
    await page.waitForFunction(() => document.querySelector("canvas")?.style.cursor === "none");
  });
});

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
    const messages = await side.heard(FromBrowser.POINTER, 3);
    const said = messages.map((message) => {
      const view = new DataView(message.buffer);
      return [view.getUint16(1), view.getUint16(3), view.getUint8(5)];
    });
    expect(said).toEqual([
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

  test("leaves nothing pressed when the focus goes to the toolbar", async () => {
    const side = await streamingSession();
    await page.keyboard.down("Control");
    await page.keyboard.down("Alt");
    await page.keyboard.down("Shift");
    await page.keyboard.press("KeyM");
    await side.heard(FromBrowser.RELEASE);
    const focused = await page.evaluate(() => document.activeElement?.textContent);
    expect(focused).toBe("Full screen");
  });
});

describe("the catalog", () => {
  test("is there while nothing runs, and starts what is chosen", async () => {
    const side = await openSession({ view: "APP" });
    side.say(agent.welcome({ ...STAGE, view: "APP", applications }));
    await page.getByRole("dialog", { name: "Catalog" }).getByText("Editor").click();
    const [launch] = await side.heard(FromBrowser.LAUNCH);
    expect(agent.bodyOf(launch ?? new Uint8Array())).toEqual({ application: "mousepad" });
    expect(await heading()).toBe("Starting Editor");
    side.say(agent.frame(await jpeg(page, "#204060", STAGE), STAGE), agent.running("mousepad"));
    await page.getByText("Starting Editor").waitFor({ state: "hidden" });
    expect(await page.title()).toBe("Editor");
  });

  test("comes back when the last application has ended", async () => {
    const side = await openSession({ view: "APP", application: "galculator" });
    side.say(agent.welcome({ ...STAGE, view: "APP", applications, running: ["galculator"] }));
    await page.getByRole("button", { name: "Catalog", expanded: false }).waitFor();
    side.say(agent.running());
    await page.getByRole("dialog", { name: "Catalog" }).waitFor();
  });

  test("comes back when an application could not be started", async () => {
    const side = await openSession({ view: "APP", application: "galculator" });
    const starting = ["galculator"];
    side.say(agent.welcome({ ...STAGE, view: "APP", applications, starting }));
    await page.getByText("Starting Calculator").waitFor();
    side.say(agent.notice("failed", "Calculator could not be started."));
    await page.getByRole("dialog", { name: "Catalog" }).waitFor();
    await page.getByText("Calculator could not be started.").waitFor();
  });

  test("says what starts beside what runs, until it has started", async () => {
    const side = await openSession({ view: "APP" });
    side.say(agent.welcome({ ...STAGE, view: "APP", applications, running: ["galculator"] }));
    side.say(agent.frame(await jpeg(page, "#204060", STAGE), STAGE));
    await page.getByRole("button", { name: "Catalog" }).click();
    await page.getByRole("dialog", { name: "Catalog" }).getByText("Editor").click();
    await page.getByText("Starting Editor").waitFor();
    side.say(agent.running("galculator", "mousepad"));
    await page.getByText("Starting Editor").waitFor({ state: "hidden", timeout: 3000 });
  });

  test("opens over what runs, and Escape gives the keys back", async () => {
    const side = await openSession({ view: "APP" });
    side.say(agent.welcome({ ...STAGE, view: "APP", applications, running: ["galculator"] }));
    side.say(agent.frame(await jpeg(page, "#204060", STAGE), STAGE));
    await page.getByRole("button", { name: "Catalog" }).click();
    await page.getByRole("button", { name: "Calculator Running" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog", { name: "Catalog" }).waitFor({ state: "hidden" });
    await page.keyboard.press("x");
    expect(await keys(side, 2)).toEqual([
      [0x78, 1],
      [0x78, 0],
    ]);
  });
});

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
});

describe("the end", () => {
  test("by an administrator is said at once", async () => {
    const side = await streamingSession();
    side.say(agent.end("expired_by_administrator", "Please ask them why."));
    side.close(4410);
    await state("ended");
    expect(await heading()).toBe("Your session was ended by an administrator");
    expect(await page.textContent("main p")).toBe("Please ask them why.");
  });

  test("by the user is asked about first", async () => {
    const side = await streamingSession();
    await page.getByRole("button", { name: "End session" }).click();
    await page.getByRole("button", { name: "Keep working" }).click();
    expect(gateway.requests.some(({ name }) => name === "POST /session/end")).toBe(false);
    await page.getByRole("button", { name: "End session" }).click();
    const answered = page.waitForResponse(/session\/end/);
    await page.getByRole("dialog").getByRole("button", { name: "End session" }).click();
    await answered;
    side.say(agent.end("ended_by_user", "", `${gateway.origin}/elsewhere`));
    await state("ended");
    expect(await page.getAttribute("main a", "href")).toBe(`${gateway.origin}/elsewhere`);
  });
});

test("the round trip is measured", async () => {
  const side = await streamingSession();
  const [ping = new Uint8Array()] = await side.heard(FromBrowser.PING);
  side.say(new Uint8Array([FromAgent.PONG, ...ping.subarray(1)]));
  await page.getByText(/^\d+ ms$/).waitFor();
});

test("a warning stays, a notice can be dismissed", async () => {
  const side = await streamingSession();
  side.say(agent.sessionNews("Five minutes left."), agent.notice("x", "Something happened."));
  await page.getByText("Something happened.").waitFor();
  await page.locator(".toast:not(.warning)").getByRole("button", { name: "Dismiss" }).click();
  await page.getByText("Something happened.").waitFor({ state: "detached" });
  await page.getByText("Five minutes left.").waitFor();
  side.say(agent.sessionNews(null));
  await page.getByText("Five minutes left.").waitFor({ state: "detached" });
});
