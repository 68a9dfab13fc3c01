/** JPEG stripes, whose decoding ends in any order. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { JpegDecoder } from "../../../src/core/jpeg";
import { aFrame } from "../../support/fake-decoder";

let decodings: PromiseWithResolvers<ImageBitmap>[];
let happened: string[];
let decoder: JpegDecoder;

beforeEach(() => {
  decodings = [];
  happened = [];
  vi.stubGlobal("createImageBitmap", () => {
    const decoding = resolvers<ImageBitmap>();
    decodings.push(decoding);
    return decoding.promise;
  });
  decoder = new JpegDecoder({
    draw: (_image, frame) => happened.push(`draw ${frame.id}`),
    settled: (id) => happened.push(`settled ${id}`),
    failed: () => happened.push("failed"),
  });
  for (const id of [1, 2]) decoder.decode(aFrame({ codec: 2, id }));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

function resolvers<T>(): PromiseWithResolvers<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

async function finish(index: number): Promise<void> {
  decodings[index]?.resolve({ close: () => undefined } as ImageBitmap);
  await Promise.resolve();
}

async function fail(index: number): Promise<void> {
  decodings[index]?.reject(new DOMException("test"));
  await Promise.resolve();
}

test("stripes are drawn in the order in which they came", async () => {
  await finish(1);
  expect(happened).toEqual([]);
  await finish(0);
  expect(happened).toEqual(["draw 1", "settled 1", "draw 2", "settled 2"]);
});

test("a stripe that cannot be decoded holds up nobody", async () => {
  await fail(0);
  await finish(1);
  expect(happened).toEqual(["settled 1", "failed", "draw 2", "settled 2"]);
});

test("only the last stripe settles a frame", async () => {
  decoder.close();
  happened = [];
  decoder.decode(aFrame({ codec: 2, id: 5, last: false }));
  decoder.decode(aFrame({ codec: 2, id: 5 }));
  await finish(2);
  await finish(3);
  expect(happened).toEqual(["draw 5", "draw 5", "settled 5"]);
});

test("closed, it gives up what is under way and draws nothing", async () => {
  decoder.close();
  await finish(0);
  await finish(1);
  expect(happened).toEqual(["settled 1", "settled 2"]);
});
