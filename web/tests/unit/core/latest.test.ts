/** Which clipboard was filled last: what is copied later is what is pasted. */

import { beforeEach, expect, test } from "vitest";
import { text } from "../../../src/core/content";
import { Latest } from "../../../src/core/latest";

let latest: Latest;

beforeEach(() => {
  latest = new Latest();
});

test("what the device has is news at first, and once", () => {
  expect(latest.see(text("a"))).toBe(true);
  latest.holds(text("a"));
  expect(latest.see(text("a"))).toBe(false);
  expect(latest.see(text("b"))).toBe(true);
});

test("what the session has already is no news", () => {
  latest.copiedThere(text("a"), false);
  latest.focused();
  expect(latest.see(text("a"))).toBe(false);
});

test("what is copied in the session is newer than anything the device has", () => {
  latest.copiedThere(null, false);
  expect(latest.see(text("a"))).toBe(false);
});

test("what the device had before stays older when the user has been away", () => {
  latest.see(text("a"));
  latest.copiedThere(text("b"), false);
  latest.focused();
  expect(latest.see(text("a"))).toBe(false);
});

test("what the user copied while away is newer", () => {
  latest.see(text("a"));
  latest.copiedThere(text("b"), false);
  latest.focused();
  expect(latest.see(text("c"))).toBe(true);
});

test("when the session's clipboard has become empty, what the device has is news again", () => {
  latest.see(text("a"));
  latest.copiedThere(text("b"), false);
  latest.copiedThere(null, true);
  expect(latest.see(text("a"))).toBe(true);
});

test("what did not arrive is news again, unless something else did meanwhile", () => {
  const lost = text("a");
  latest.see(lost);
  latest.holds(lost);
  latest.miss(lost);
  expect(latest.see(text("a"))).toBe(true);
  latest.holds(text("b"));
  latest.miss(lost);
  expect(latest.see(text("b"))).toBe(false);
});
