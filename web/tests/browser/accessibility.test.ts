/** What a screen reader is told, and how well all is seen, on light and on dark: by axe's rules. */

import { expect, test } from "vitest";
import * as agent from "../support/agent-messages";
import {
  STAGE,
  applications,
  gateway,
  openSession,
  page,
  state,
  streamingSession,
  unreadable,
  withPage,
} from "./harness";

withPage({ reducedMotion: "reduce" });

const NOTES = { id: 3, title: "notes.txt", active: true, minimised: false };
const SUMS = { id: 4, title: "Sums", active: false, minimised: true };
const features = {
  windows: { windows: [NOTES, SUMS] },
  clipboard: { copyIn: 100, copyOut: 100, bytes: 1024 * 1024, count: 0 },
  files: { upload: true, download: true },
};
const LISTED = {
  entries: [
    { name: "poem.txt", kind: "file", size: 1500, modified: 1_700_000_000_000 },
    { name: "photos", kind: "folder", size: 0, modified: 1_700_000_000_000 },
    { name: "odd", kind: "link", size: 0, modified: 1_700_000_000_000 },
  ],
  unseen: 0,
  more: false,
};

/** The dialog or popup that this tool opens is open. */
function opened(tool: string): () => Promise<void> {
  return async () => {
    await streamingSession(undefined, { features });
    await page.getByRole("button", { name: tool, exact: true }).click();
  };
}

/** How the page comes to show each of its parts. */
const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  "a running session": async () => {
    await streamingSession(undefined, { features });
  },
  "a session that is being prepared": async () => {
    await openSession();
    await state("preparing");
  },
  "the list of windows": opened("Windows"),
  "keys to send": opened("Send keys"),
  "the profile": opened("Profile"),
  "settings": opened("Settings"),
  "the clipboard": opened("Clipboard"),
  "My Files": async () => {
    gateway.answers.set("GET /files", { status: 200, body: LISTED });
    await opened("My Files")();
    await page.getByRole("button", { name: "Download poem.txt" }).first().waitFor();
  },
  "the catalog": async () => {
    const side = await openSession({ view: "APP" });
    side.say(agent.welcome({ ...STAGE, view: "APP", applications, running: ["galculator"] }));
    await page.getByRole("button", { name: "Catalog" }).click();
    await page.getByRole("dialog", { name: "Catalog" }).waitFor();
  },
  "a question": async () => {
    await opened("Profile")();
    await page.getByRole("button", { name: "End session" }).click();
    await page.getByRole("dialog", { name: "End this session?" }).waitFor();
  },
  "a warning and a notice": async () => {
    const side = await streamingSession();
    side.say(agent.sessionNews("Five minutes left.", 300), agent.notice("x", "Look here."));
    await page.getByText("Look here.").waitFor();
  },
  "the end": async () => {
    const side = await streamingSession();
    side.say(agent.end("expired_by_administrator", "Please ask them why."));
    side.close(4410);
    await state("ended");
  },
  "a refusal": async () => {
    const body = { error: "used_url", message: "Ask for a new one." };
    gateway.answers.set("POST /authenticate", { status: 403, body });
    await page.goto(gateway.streamingUrl);
    await state("error");
  },
};

test.each(Object.keys(PARTS))("%s is told to everybody, and seen on light and dark", async (part) => {
  await PARTS[part]?.();
  expect(await unreadable()).toEqual([]);
});
