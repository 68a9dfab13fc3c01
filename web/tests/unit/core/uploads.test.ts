/** Uploads: their order, their cuts, and what the user is told of them. */

import { beforeEach, describe, expect, test } from "vitest";
import { Unreachable } from "../../../src/core/asking";
import { PIECE_BYTES, Uploads, type Source, type Upload } from "../../../src/core/uploads";
import { FakeFiles, settle } from "../../support/fake-files";
import { ManualTimers } from "../../support/manual-timers";

let files: FakeFiles;
let timers: ManualTimers;
let uploads: Uploads;
let arrivals: string[];

beforeEach(() => {
  files = new FakeFiles();
  timers = new ManualTimers();
  arrivals = [];
  uploads = new Uploads(files, timers, {
    changed: () => undefined,
    arrived: ({ name }) => arrivals.push(name),
  });
});

/** A file of this size that holds no memory. */
function fileOf(name: string, size: number): File {
  const file = new File(["x"], name, { lastModified: 1_700_000_000_123 });
  Object.defineProperty(file, "size", { value: size });
  Object.defineProperty(file, "slice", {
    configurable: true,
    value: (from: number, to: number) => ({
      size: Math.max(0, Math.min(to, size) - from),
      arrayBuffer: () => Promise.resolve(new ArrayBuffer(0)),
    }),
  });
  return file;
}

function source(name: string, size = 5): Source {
  return { path: ["T", name], base: 1, file: fileOf(name, size) };
}

async function add(...sources: readonly Source[]): Promise<readonly Upload[]> {
  uploads.add(sources);
  await settle();
  return uploads.all.slice(-sources.length);
}

function states(): readonly string[] {
  return uploads.all.map(({ state }) => state);
}

test("a small file goes by one request and has the name that it is given", async () => {
  const [upload] = await add(source("a.txt"));
  expect(files.asked).toEqual(["send T/a.txt 0"]);
  expect(files.pieces[0]?.known).toEqual({
    path: ["T", "a.txt"],
    size_bytes: 5,
    modified: 1_700_000_000_123,
  });
  files.pieces[0]?.answer({ offset: 5, name: "a (1).txt" });
  await settle();
  expect(upload).toMatchObject({ state: "done", name: "a (1).txt", sent_bytes: 5 });
  expect(arrivals).toEqual(["a (1).txt"]);
});

test("a large file goes on where the service says, piece by piece", async () => {
  files.arrivedAt = { offset: 7, name: null };
  const size = PIECE_BYTES + 100;
  const [upload] = await add(source("big", size));
  expect(files.asked).toEqual(["arrived T/big", "send T/big 7"]);
  expect(files.pieces[0]?.size_bytes).toBe(PIECE_BYTES);
  files.pieces[0]?.watch.sent(1000);
  expect(upload?.sent_bytes).toBe(1007);
  files.pieces[0]?.answer({ offset: PIECE_BYTES + 7, name: null });
  await settle();
  expect(files.pieces[1]).toMatchObject({ offset: PIECE_BYTES + 7, size_bytes: 93 });
  files.pieces[1]?.answer({ offset: size, name: "big" });
  await settle();
  expect(states()).toEqual(["done"]);
});

test("a large file that is there already is not sent", async () => {
  const size = PIECE_BYTES + 1;
  files.arrivedAt = { offset: size, name: "big" };
  await add(source("big", size));
  expect(files.asked).toEqual(["arrived T/big"]);
  expect(states()).toEqual(["done"]);
});

test("a piece that is not wanted is followed by the one that is", async () => {
  await add(source("a", 10));
  files.pieces[0]?.refuse("wrong_offset", { offset: 4 });
  await settle();
  expect(files.pieces[1]).toMatchObject({ offset: 4, size_bytes: 6 });
});

test("a service that never takes the piece that it asked for is not asked for ever", async () => {
  await add(source("a", 10));
  for (let turn = 0; turn < 20; turn += 1) {
    files.pieces.at(-1)?.refuse("wrong_offset", { offset: 0 });
    await settle();
  }
  expect(states()).toEqual(["failed"]);
});

test("a few go at once, the others in their order", async () => {
  await add(source("a"), source("b"), source("c"), source("d"));
  expect(states()).toEqual(["moving", "moving", "moving", "waiting"]);
  files.pieces[1]?.answer({ offset: 5, name: "b" });
  await settle();
  expect(states()).toEqual(["moving", "done", "moving", "moving"]);
});

describe("a connection that is cut", () => {
  test("is waited for, and the upload goes on where it was", async () => {
    const [upload] = await add(source("a", 10));
    files.pieces[0]?.cut();
    await settle();
    expect(upload?.state).toBe("paused");
    expect(upload?.message).toContain("network");
    files.arrivedAt = { offset: 6, name: null };
    timers.pass(500);
    await settle();
    expect(files.asked.slice(1)).toEqual(["arrived T/a", "send T/a 6"]);
    expect(upload?.state).toBe("moving");
  });

  test("is waited for longer each time that nothing moves", async () => {
    await add(source("a", 10));
    files.pieces[0]?.cut();
    await settle();
    timers.pass(500);
    await settle();
    files.pieces[1]?.cut();
    await settle();
    timers.pass(999);
    await settle();
    expect(files.pieces).toHaveLength(2);
    timers.pass(1);
    await settle();
    expect(files.pieces).toHaveLength(3);
  });

  test("is gone on with at once when the stream is back", async () => {
    await add(source("a", 10));
    files.pieces[0]?.cut();
    await settle();
    uploads.hurry();
    await settle();
    expect(files.pieces).toHaveLength(2);
  });

  test("is never given up", async () => {
    await add(source("a", 10));
    for (let turn = 0; turn < 30; turn += 1) {
      files.pieces.at(-1)?.cut();
      await settle();
      timers.pass(15_000);
      await settle();
    }
    expect(states()).toEqual(["moving"]);
  });

  test("shows when nothing moves for a minute", async () => {
    const [upload] = await add(source("a", 10));
    timers.pass(59_000);
    files.pieces[0]?.watch.sent(3);
    timers.pass(59_000);
    await settle();
    expect(upload?.state).toBe("moving");
    timers.pass(1000);
    await settle();
    expect(upload?.state).toBe("paused");
  });
});

test("a file that this computer reads no more fails", async () => {
  const gone = source("a", 10);
  Object.defineProperty(gone.file, "slice", {
    value: () => ({ size: 1, arrayBuffer: () => Promise.reject(new Error("gone")) }),
  });
  const [upload] = await add(gone);
  files.pieces[0]?.cut();
  await settle();
  expect(upload).toMatchObject({ state: "failed" });
  expect(upload?.message).toContain("this computer");
});

test("a refusal fails with the service's words, and the next one goes", async () => {
  const [upload] = await add(source("a"), source("b"));
  files.pieces[0]?.refuse("disk_full");
  files.pieces[1]?.answer({ offset: 5, name: "b" });
  await settle();
  expect(upload).toMatchObject({ state: "failed", message: "It is disk_full." });
  expect(states()).toEqual(["failed", "done"]);
});

test("a refusal that passes is tried again, not for ever", async () => {
  const [upload] = await add(source("a"));
  for (let turn = 0; turn < 7; turn += 1) {
    files.pieces.at(-1)?.refuse("busy");
    await settle();
    expect(upload?.state).toBe("paused");
    timers.pass(15_000);
    await settle();
  }
  files.pieces.at(-1)?.refuse("busy");
  await settle();
  expect(upload?.state).toBe("failed");
});

describe("a cancelled upload", () => {
  test("stops and is dropped by the service", async () => {
    const [upload] = await add(source("a"));
    if (upload !== undefined) uploads.cancel(upload);
    await settle();
    expect(files.pieces[0]?.watch.signal.aborted).toBe(true);
    expect(files.asked).toContain("cancel T/a");
    expect(states()).toEqual(["cancelled"]);
    expect(uploads.isActive).toBe(false);
  });

  test("gives its place to the next, also while it is paused", async () => {
    const [first] = await add(source("a"), source("b"), source("c"), source("d"));
    files.pieces[0]?.cut();
    await settle();
    if (first !== undefined) uploads.cancel(first);
    await settle();
    expect(states()).toEqual(["cancelled", "moving", "moving", "moving"]);
  });
});

test("the end of the session ends all, and drops nothing", async () => {
  await add(source("a"), source("b"), source("c"), source("d"));
  uploads.close();
  await settle();
  expect(states()).toEqual(["cancelled", "cancelled", "cancelled", "cancelled"]);
  expect(files.asked.filter((name) => name.startsWith("cancel"))).toEqual([]);
});

test("what is over can be forgotten", async () => {
  await add(source("a"), source("b"));
  files.pieces[0]?.answer({ offset: 5, name: "a" });
  await settle();
  uploads.clear();
  expect(uploads.all.map(({ name }) => name)).toEqual(["b"]);
});

describe("folders", () => {
  function inFolder(...names: readonly string[]): Source {
    return { path: ["T", ...names], base: 1, file: fileOf(names.at(-1) ?? "", 5) };
  }

  test("are made before what is in them, each once", async () => {
    await add(inFolder("a", "b", "1"), inFolder("a", "b", "2"), inFolder("a", "3"));
    expect(files.asked.slice(0, 2)).toEqual(["folder T/a", "folder T/a/b"]);
    expect(files.asked.filter((name) => name.startsWith("folder"))).toHaveLength(2);
    expect(files.pieces).toHaveLength(3);
  });

  test("arrive without files, too", async () => {
    await add({ path: ["T", "empty"], base: 1, file: null });
    expect(files.asked).toEqual(["folder T/empty"]);
    expect(states()).toEqual(["done"]);
  });

  test("that cannot be made fail what is in them", async () => {
    files.refusals.set("folder", new Unreachable());
    const [upload] = await add(inFolder("a", "1"));
    expect(upload?.state).toBe("paused");
    timers.pass(500);
    await settle();
    expect(files.pieces).toHaveLength(1);
  });
});
