/** What is read of an H.264 stream. */

import { expect, test } from "vitest";
import { codecString, sequenceParameters } from "../../../src/core/annexb";

const PARAMETERS = [0x67, 0x42, 0xc0, 0x1f, 0xaa];

test.each([
  ["at the beginning", [0, 0, 0, 1, ...PARAMETERS, 0, 0, 1, 0x68, 1]],
  ["after another unit", [0, 0, 1, 9, 0xf0, 0, 0, 1, ...PARAMETERS, 0, 0, 1, 0x65]],
  ["at the end", [0, 0, 1, ...PARAMETERS]],
])("the sequence parameters are found %s", (_name, stream) => {
  const found = sequenceParameters(new Uint8Array(stream));
  expect([...(found ?? [])]).toEqual(PARAMETERS);
});

test.each([
  ["only a slice", [0, 0, 1, 0x41, 0x9a, 0x67]],
  ["nothing", []],
  ["no start code", [0x67, 1, 0x42]],
])("there are none in %s", (_name, stream) => {
  expect(sequenceParameters(new Uint8Array(stream))).toBeNull();
});

test("they name the codec", () => {
  expect(codecString(new Uint8Array(PARAMETERS))).toBe("avc1.42c01f");
});
