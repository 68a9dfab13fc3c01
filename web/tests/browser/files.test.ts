/** My Files in a real Chromium, with the test as its gateway and agent. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { FromBrowser } from "../../src/core/tags";
import * as agent from "../support/agent-messages";
import type { AgentSide } from "./gateway";
import { gateway, page, streamingSession, withPage } from "./harness";

const BOTH = { upload: true, download: true };
const T = { name: "TemporaryFiles", kind: "folder", size: 0, modified: 1_700_000_000_000 };
const NOTHING = { entries: [], unseen: 0, more: false };

withPage();

function entry(name: string, changes: object = {}): object {
  return { name, kind: "file", size: 1500, modified: 1_700_000_000_000, ...changes };
}

/** What the service answers to every question for a folder. */
function listed(...entries: readonly object[]): void {
  gateway.answers.set("GET /files", { status: 200, body: { ...NOTHING, entries } });
}

/** The temporary folder, the only one, has these. */
function temporary(...entries: readonly object[]): void {
  listed(T);
  const inside = { status: 200, body: { ...NOTHING, entries } };
  gateway.answers.set("GET /files?session=5e55&path=TemporaryFiles", inside);
}

/** A session that shows a picture, with files under these rights. */
function session(files: object | null): Promise<AgentSide> {
  return streamingSession(undefined, { features: files === null ? {} : { files } });
}

const button = (name: string): ReturnType<Page["locator"]> =>
  page.getByRole("button", { name, exact: true });

async function open(): Promise<void> {
  await button("My Files").first().click();
  await page.getByRole("dialog", { name: "My Files" }).waitFor();
}

function asked(name: string): readonly string[] {
  return gateway.requests.filter((request) => request.name === name).map(({ query }) => query);
}

test.each([null, {}, { upload: false, download: false }])(
  "there is no button where the session has none: %j",
  async (files) => {
    await session(files);
    expect(await button("My Files").count()).toBe(0);
  },
);

test("the temporary folder is shown at once where there is no other", async () => {
  temporary();
  await session(BOTH);
  await open();
  await page.getByText("What is here is gone when the session ends.").waitFor();
  expect(asked("GET /files").slice(0, 2)).toEqual([
    "?session=5e55&path=",
    "?session=5e55&path=TemporaryFiles",
  ]);
});

test("folders are opened and left again, and names are only text", async () => {
  listed({ ...T, name: "HomeFolder" }, T);
  await session(BOTH);
  await open();
  await button("Home Folder").waitFor();
  expect(await button("Upload files").count()).toBe(0);
  listed(entry("<img src=x>"), entry("b", { kind: "folder" }), entry("a10"), entry("a9"));
  await button("Home Folder").click();
  await page.getByText("What is here is kept for your next session.").waitFor();
  const names = await page.locator(".files-list .entry").allTextContents();
  expect(names).toEqual(["b", "<img src=x>", "a9", "a10"]);
  expect(await page.locator(".files img").count()).toBe(0);
  listed();
  await button("b").click();
  await page.getByText("This folder is empty.").waitFor();
  expect(asked("GET /files").at(-1)).toBe("?session=5e55&path=HomeFolder/b");
  await button("Home Folder").click();
  await button("My Files").last().click();
  await page.waitForFunction(() => document.querySelectorAll(".files-bar li").length === 1);
});

test("the user hears when the home folder cannot be saved, and when it is again", async () => {
  listed({ ...T, name: "HomeFolder" }, T);
  const side = await session({ ...BOTH, home: "filling" });
  await open();
  listed();
  await button("Home Folder").click();
  await page.getByText("It is still being filled").waitFor();
  side.say(agent.home("trouble"));
  await page.getByText("This folder is empty. It cannot be saved just now.").waitFor();
  await page.getByText("Your home folder cannot be saved just now.").waitFor();
  side.say(agent.home("kept"));
  await page.getByText("Your home folder is saved again.").waitFor();
  await page.getByText("What is here is kept for your next session.").waitFor();
});

test("links and what is no file are shown and lead nowhere", async () => {
  temporary(entry("out", { kind: "link" }), entry("pipe", { kind: "other" }));
  await session(BOTH);
  await open();
  await page.getByText("Not a file").waitFor();
  expect(await page.locator(".files-list button.entry").count()).toBe(0);
  expect(await page.getByRole("button", { name: /^Download/ }).count()).toBe(0);
});

describe("without uploads", () => {
  test("nothing can be put in, changed or dropped", async () => {
    temporary(entry("a"));
    await session({ upload: false, download: true });
    await open();
    await button("Download a").waitFor();
    for (const name of ["Upload files", "Upload folder", "New folder", "Rename a", "Delete a"]) {
      expect(await button(name).count()).toBe(0);
    }
    await drop("stolen.txt");
    expect(gateway.requests.some(({ name }) => name.startsWith("PUT"))).toBe(false);
  });
});

describe("without downloads", () => {
  test("a file is a name and no more", async () => {
    temporary(entry("a"));
    await session({ upload: true, download: false });
    await open();
    await button("Delete a").waitFor();
    expect(await button("Download a").count()).toBe(0);
    expect(await page.locator(".files-list button.entry").count()).toBe(0);
  });
});

/** Drops a file of this name on the stage, as the browser tells of it. */
async function drop(name: string): Promise<void> {
  await page.evaluate((called) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["dropped"], called, { lastModified: 5 }));
    const stage = document.querySelector(".stage");
    for (const type of ["dragenter", "dragover", "drop"]) {
      const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
      stage?.dispatchEvent(new DragEvent(type, options));
    }
  }, name);
}

test("what is dropped on the stage is uploaded", async () => {
  listed(T);
  gateway.answers.set("PUT /files/upload", { status: 200, body: { offset: 7, name: "a (1).txt" } });
  await session(BOTH);
  await drop("a.txt");
  await page.getByText("Uploaded as a (1).txt").waitFor();
  const put = gateway.requests.find(({ name }) => name === "PUT /files/upload");
  expect(put?.body).toBe("dropped");
  const known = "path=TemporaryFiles/a.txt&size=7&modified=5&offset=0";
  expect(put?.query).toBe(`?session=5e55&${known}`);
});

test("an upload that fails says why, in the service's words", async () => {
  listed(T);
  const body = { error: "disk_full", message: "There is no space left for this file." };
  gateway.answers.set("PUT /files/upload", { status: 507, body });
  await session(BOTH);
  await drop("a.txt");
  await page.getByText("Failed. There is no space left for this file.").waitFor();
});

test("a folder that cannot be listed says why, and can be tried again", async () => {
  const body = { error: "no_answer", message: "The files cannot be reached just now." };
  gateway.answers.set("GET /files", { status: 503, body });
  await session(BOTH);
  await open();
  await page.getByRole("alert").getByText("cannot be reached").waitFor();
  listed(T);
  await button("Try again").click();
  await page.getByRole("alert").waitFor({ state: "hidden" });
});

test("a name is asked for, and sent as it was typed", async () => {
  listed(T);
  gateway.answers.set("POST /files/folder", { status: 200, body: {} });
  gateway.answers.set("POST /files/rename", { status: 200, body: {} });
  gateway.answers.set("POST /files/delete", { status: 200, body: {} });
  await session(BOTH);
  await open();
  await button("New folder").click();
  await page.keyboard.type("new & old");
  temporary(entry("a.txt"));
  await page.keyboard.press("Enter");
  await button("Rename a.txt").click();
  await page.keyboard.type("b"); // in place of what comes before the ending
  await page.keyboard.press("Enter");
  await button("Delete a.txt").click();
  await button("Keep").click();
  await button("Delete a.txt").click();
  const deleted = page.waitForResponse(/files\/delete/);
  await button("Delete").click();
  await deleted;
  expect(asked("POST /files/folder")).toEqual(["?session=5e55&path=TemporaryFiles/new & old"]);
  expect(asked("POST /files/rename")).toEqual([
    "?session=5e55&path=TemporaryFiles/a.txt&name=b.txt",
  ]);
  expect(asked("POST /files/delete")).toEqual(["?session=5e55&path=TemporaryFiles/a.txt"]);
});

test("a download that is refused says why and goes nowhere", async () => {
  const body = { error: "not_found", message: "There is no such file or folder." };
  gateway.answers.set("GET /files/content", { status: 404, body });
  temporary(entry("a"));
  await session(BOTH);
  await open();
  await button("Download a").click();
  await page.getByRole("alert").getByText("There is no such file").waitFor();
  expect(page.url()).toContain("#/streaming/");
});

test("keys go from row to row, and Escape gives them back to the application", async () => {
  temporary(entry("a"), entry("b"));
  const side = await session(BOTH);
  await open();
  await button("Delete b").waitFor();
  const focused = (): Promise<string> =>
    page.evaluate(() => document.activeElement?.textContent ?? "");
  await page.locator(".files-list button.entry").first().focus();
  await page.keyboard.press("ArrowDown");
  expect(await focused()).toBe("b");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  expect(await focused()).toBe("a");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "My Files" }).waitFor({ state: "hidden" });
  await page.keyboard.press("x");
  await side.heard(FromBrowser.KEY, 2);
});

test("the end of the session closes it", async () => {
  listed(T);
  const side = await session(BOTH);
  await open();
  side.say(agent.end("expired_by_administrator", ""));
  side.close(4410);
  await page.getByText("Your session was ended by an administrator").waitFor();
  expect(await page.locator("dialog").count()).toBe(0);
});
