/** What the page asks the service for of its files, and how it reads the answers. */

import { afterEach, expect, test, vi } from "vitest";
import { Unreachable } from "../../../src/core/asking";
import { FilesRefusal, httpFiles } from "../../../src/core/files";

const files = httpFiles((path) => `${path}?session=5e55`);
const KNOWN = { path: ["T", "a b.txt"], size_bytes: 6, modified: 1_700_000_000_123 };

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** How a question is asked by this method. */
function asking(method: string): object {
  return { method, cache: "no-store", signal: expect.any(AbortSignal) as AbortSignal };
}

function answerWith(status: number, body: object | string): ReturnType<typeof vi.fn> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const fetch = vi.fn(() => Promise.resolve(new Response(text, { status })));
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

test("a folder is listed", async () => {
  const row = { name: "<b>", kind: "file", size: 3, modified: 5 };
  const odd = { name: "odd", kind: "door" };
  const fetch = answerWith(200, { entries: [row, odd], unseen: 1, more: true });
  expect(await files.list(["T", "ünï/&c"])).toEqual({
    entries: [
      { name: "<b>", kind: "file", size_bytes: 3, modified: 5 },
      { name: "odd", kind: "other", size_bytes: 0, modified: 0 },
    ],
    unseen: 1,
    more: true,
  });
  const address = "/files?session=5e55&path=T%2F%C3%BCn%C3%AF%2F%26c";
  expect(fetch).toHaveBeenCalledExactlyOnceWith(address, asking("GET"));
});

test.each([
  ["POST", "/files/folder?session=5e55&path=T%2Fnew", () => files.makeFolder(["T", "new"])],
  ["POST", "/files/rename?session=5e55&path=T%2Fa&name=b%26", () => files.rename(["T", "a"], "b&")],
  ["POST", "/files/delete?session=5e55&path=T%2Fa", () => files.remove(["T", "a"])],
  [
    "GET",
    "/files/upload?session=5e55&path=T%2Fa%20b.txt&size=6&modified=1700000000123",
    () => files.arrived(KNOWN),
  ],
  [
    "DELETE",
    "/files/upload?session=5e55&path=T%2Fa%20b.txt&size=6&modified=1700000000123",
    () => files.cancel(KNOWN),
  ],
])("%s %s", async (method, address, act) => {
  const fetch = answerWith(200, { offset: 2 });
  await act();
  expect(fetch).toHaveBeenCalledExactlyOnceWith(address, asking(method));
});

test("an upload's arrival is read", async () => {
  answerWith(200, { offset: 2 });
  expect(await files.arrived(KNOWN)).toEqual({ offset: 2, name: null });
  answerWith(200, { offset: 6, name: "a (1).txt" });
  expect(await files.arrived(KNOWN)).toEqual({ offset: 6, name: "a (1).txt" });
});

test("a refusal has the service's words", async () => {
  answerWith(409, { error: "wrong_offset", message: "Another part.", offset: 4 });
  const refusal = files.arrived(KNOWN);
  await expect(refusal).rejects.toBeInstanceOf(FilesRefusal);
  await expect(refusal).rejects.toMatchObject({
    status: 409,
    code: "wrong_offset",
    message: "Another part.",
    offset: 4,
  });
});

test("a proxy's error page is a refusal, too", async () => {
  answerWith(413, "<h1>Too large</h1>");
  await expect(files.list([])).rejects.toMatchObject({ status: 413, code: "", offset: null });
});

test("a network that fails is no refusal", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await expect(files.list([])).rejects.toBeInstanceOf(Unreachable);
});

test("a download is tried by one byte before the browser begins it", async () => {
  const fetch = answerWith(206, "x");
  await files.check(["T", "a"]);
  expect(fetch).toHaveBeenCalledExactlyOnceWith("/files/content?session=5e55&path=T%2Fa", {
    headers: { Range: "bytes=0-0" },
    cache: "no-store",
    signal: expect.any(AbortSignal) as AbortSignal,
  });
  expect(files.address(["T", "a"])).toBe("/files/content?session=5e55&path=T%2Fa");
});

test("an empty file has no byte and can be downloaded", async () => {
  answerWith(416, "");
  await expect(files.check(["T", "a"])).resolves.toBeUndefined();
});

test("a file that cannot be downloaded says why", async () => {
  answerWith(404, { error: "not_found", message: "There is no such file." });
  await expect(files.check(["T", "a"])).rejects.toMatchObject({ message: "There is no such file." });
});

test.each([
  ["to list a folder", 10_000, () => files.list(["T"])],
  ["to try a download", 10_000, () => files.check(["T", "a"])],
  ["to remove a folder", 60_000, () => files.remove(["T"])],
])("a question %s that a dead connection swallows is given up", async (_, within_ms, ask) => {
  const waiting = new AbortController();
  const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(waiting.signal);
  vi.stubGlobal("fetch", swallowed);
  const asked = ask();
  waiting.abort();
  await expect(asked).rejects.toBeInstanceOf(Unreachable);
  expect(timeout).toHaveBeenCalledExactlyOnceWith(within_ms);
});

/** Is never answered, and only ends when it is given up. */
function swallowed(_: string, { signal }: { signal: AbortSignal }): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      reject(signal.reason as Error);
    });
  });
}
