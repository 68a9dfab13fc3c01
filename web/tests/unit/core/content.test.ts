/** Contents between the browser's forms and the stream's. */

import { describe, expect, test } from "vitest";
import {
  countCharacters,
  decoded,
  encoded,
  firstOf,
  isSame,
  text,
  transferred,
  type Content,
} from "../../../src/core/content";

const picture: Content = { type: "image/png", bytes: new Uint8Array([1, 2, 3]) };

/** What a paste event brings. */
function transfer(value: string, ...files: readonly File[]): DataTransfer {
  const data = { getData: (type: string) => (type === "text/plain" ? value : ""), files };
  return data as unknown as DataTransfer;
}

function file(type: string): File {
  const made = new File([], "f", { type });
  return Object.assign(made, { arrayBuffer: () => Promise.resolve(new Uint8Array([1, 2, 3]).buffer) });
}

/** What a clipboard of the browser has: by type. */
function item(types: Readonly<Record<string, string>>): ClipboardItem {
  const getType = (type: string): Promise<unknown> =>
    Promise.resolve({
      text: () => Promise.resolve(types[type]),
      arrayBuffer: () => Promise.resolve(new Uint8Array([1, 2, 3]).buffer),
    });
  return { types: Object.keys(types), getType } as unknown as ClipboardItem;
}

describe("a text", () => {
  test("is sent as UTF-8 with the line ends of Linux", () => {
    expect([...encoded(text("ß\r\n\n"))]).toEqual([0xc3, 0x9f, 10, 10]);
  });

  test("is received as UTF-8", () => {
    expect(decoded("text/plain", new Uint8Array([0xc3, 0x9f]))).toEqual(text("ß"));
  });

  test.each([
    ["", 0],
    ["größe", 5],
    ["a😀b", 3],
    ["\ud83d", 1],
    ["\ude00\ud83d", 2],
  ])("%j has so many characters: %i", (value, count) => {
    expect(countCharacters(value)).toBe(count);
  });

  test("is the same with other line ends, and no other", () => {
    expect(isSame(text("a\r\nb"), text("a\nb"))).toBe(true);
    expect(isSame(text("a"), text("b"))).toBe(false);
    expect(isSame(text("a"), null)).toBe(false);
    expect(isSame(null, null)).toBe(false);
  });
});

describe("a picture", () => {
  test("is sent and received as it is", () => {
    expect(decoded("image/png", encoded(picture))).toEqual(picture);
  });

  test("is the same with the same bytes alone", () => {
    expect(isSame(picture, { type: "image/png", bytes: new Uint8Array([1, 2, 3]) })).toBe(true);
    expect(isSame(picture, { type: "image/png", bytes: new Uint8Array([1, 2, 4]) })).toBe(false);
    expect(isSame(picture, { type: "image/png", bytes: new Uint8Array([1, 2]) })).toBe(false);
    expect(isSame(picture, text("\u0001\u0002\u0003"))).toBe(false);
  });
});

test.each([
  ["other", 0],
  ["none", 0],
  ["text/html", 3],
  ["text/plain", 0],
])("%s of %i bytes is nothing that passes", (type, bytes) => {
  expect(decoded(type, new Uint8Array(bytes))).toBeNull();
});

describe("of what a paste event brings", () => {
  test("a text is taken rather than a picture", async () => {
    expect(await transferred(transfer("text", file("image/png")))).toEqual(text("text"));
  });

  test("a picture is taken where no text is", async () => {
    expect(await transferred(transfer("", file("image/jpeg"), file("image/png")))).toEqual(picture);
  });

  test("other files are not taken", async () => {
    expect(await transferred(transfer("", file("application/pdf")))).toBeNull();
  });
});

describe("of what the browser's clipboard has", () => {
  test("a text is taken rather than a picture", async () => {
    const items = [item({ "image/png": "" }), item({ "text/html": "b", "text/plain": "text" })];
    expect(await firstOf(items)).toEqual(text("text"));
  });

  test("a picture is taken where the text is empty", async () => {
    expect(await firstOf([item({ "text/plain": "", "image/png": "" })])).toEqual(picture);
  });

  test("there may be nothing", async () => {
    expect(await firstOf([])).toBeNull();
  });
});
