/** The built page in a real Chromium: a session from its link to its end. */

import { describe, expect, test } from "vitest";
import { Codec, FromBrowser, VERSION } from "../../src/core/tags";
import * as agent from "../support/agent-messages";
import { h264, jpeg, shownColour } from "./film";
import {
  STAGE,
  applications,
  gateway,
  heading,
  keys,
  near,
  openSession,
  page,
  state,
  streamingSession,
  withPage,
} from "./harness";

withPage();

describe("a streaming URL", () => {
  test("is exchanged by a POST for a session, and leaves the address", async () => {
    const side = await openSession({ application: "galculator" });
    const posted = gateway.requests.find(({ name }) => name === "POST /authenticate");
    expect(JSON.parse(posted?.body ?? "")).toEqual({
      parameters: "a+b/c=",
      signature: "s+/=",
      timeZone: await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
    });
    expect(page.url()).toBe(
      `${gateway.origin}/?session=5e55#/streaming/?reference=fleet%2Fdemo-fleet&app=galculator`,
    );
    const [hello] = await side.heard(FromBrowser.HELLO);
    expect(agent.bodyOf(hello ?? new Uint8Array())).toEqual({
      version: VERSION,
      ...STAGE,
      scale: 1,
      second: null,
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
    expect(acknowledged.map((message) => [...message.slice(0, 3)])).toEqual([
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

  test("is asked for as JPEG alone where the browser has no WebCodecs", async () => {
    await page.addInitScript(() => {
      Reflect.deleteProperty(globalThis, "VideoDecoder");
    });
    const side = await openSession();
    const [hello] = await side.heard(FromBrowser.HELLO);
    expect(agent.bodyOf(hello ?? new Uint8Array())).toMatchObject({ codecs: ["jpeg"] });
  });

  test("is asked for as JPEG alone where WebCodecs decode no H.264", async () => {
    await page.addInitScript(() => {
      VideoDecoder.isConfigSupported = async () => Promise.resolve({ supported: false });
    });
    const side = await openSession();
    const [hello] = await side.heard(FromBrowser.HELLO);
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
    const wanted = { width: 800, height: 460, scale: 1, second: null };
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
    await page.getByRole("button", { name: "Profile" }).click();
    await page.getByRole("button", { name: "End session" }).click();
    await page.getByRole("button", { name: "Keep working" }).click();
    expect(gateway.requests.some(({ name }) => name === "POST /session/end")).toBe(false);
    await page.getByRole("button", { name: "Profile" }).click();
    await page.getByRole("button", { name: "End session" }).click();
    const answered = page.waitForResponse(/session\/end/);
    const question = page.getByRole("dialog", { name: "End this session?" });
    await question.getByRole("button", { name: "End session" }).click();
    await answered;
    side.say(agent.end("ended_by_user", "", `${gateway.origin}/elsewhere`));
    await state("ended");
    expect(await page.getAttribute("main a", "href")).toBe(`${gateway.origin}/elsewhere`);
  });
});

test("a warning stays, a notice can be dismissed", async () => {
  const side = await streamingSession();
  side.say(agent.sessionNews("Five minutes left.", 300), agent.notice("x", "Something happened."));
  await page.getByText("Something happened.").waitFor();
  await page.locator(".toast:not(.warning)").getByRole("button", { name: "Dismiss" }).click();
  await page.getByText("Something happened.").waitFor({ state: "detached" });
  await page.getByText("Five minutes left.").waitFor();
  await page.getByRole("timer").getByText(/^[45]:\d\d$/).waitFor();
  side.say(agent.sessionNews(null));
  await page.getByText("Five minutes left.").waitFor({ state: "detached" });
});
