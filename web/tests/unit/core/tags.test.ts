/** The service's own list of messages is the oracle for ours. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as tags from "../../../src/core/tags";

const source = readFileSync(
  join(import.meta.dirname, "../../../../src/ownstream/channel/tags.py"),
  "utf8",
);

/** The members of an IntEnum, read from the Python source. */
function membersOf(enumeration: string): Record<string, number> {
  const body = new RegExp(`class ${enumeration}\\(IntEnum\\):\n([^]*?)\n\n\n`).exec(source)?.[1];
  const members = (body ?? "").matchAll(/^ {4}([A-Z0-9_]+) = (0x[0-9A-F]+|\d+)/gim);
  return Object.fromEntries([...members].map(([, name, value]) => [String(name), Number(value)]));
}

describe("the numbers of the stream are the service's", () => {
  test.each([
    "FromBrowser",
    "FromAgent",
    "ToBrowser",
    "WindowAct",
    "Codec",
    "FrameFlag",
    "RectanglesFlag",
    "SoundFlag",
    "VoiceCodec",
  ] as const)("%s", (enumeration) => {
    expect(tags[enumeration]).toEqual(membersOf(enumeration));
  });

  test("version", () => {
    expect(/^VERSION = (\d+)$/m.exec(source)?.[1]).toBe(String(tags.VERSION));
  });

  test("the rate of sound", () => {
    const rate = /^SOUND_RATE = ([\d_]+)/m.exec(source)?.[1]?.replace("_", "");
    expect(rate).toBe(String(tags.SOUND_RATE));
  });
});
