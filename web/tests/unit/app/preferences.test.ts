/** What the user prefers, and where it is kept. */

import { expect, test } from "vitest";
import { PreferenceStore, type Keep } from "../../../src/app/preferences";

const DEFAULTS = { isSharp: true, readout: true, screenKeyboard: false, commandIsControl: true };

function keepOf(text: string | null): Keep & { text: string | null } {
  return {
    text,
    getItem() {
      return this.text;
    },
    setItem(_key, value) {
      this.text = value;
    },
  };
}

test("a change is told, and found again by the next page", () => {
  const keep = keepOf(null);
  const told: boolean[] = [];
  const store = new PreferenceStore(keep, DEFAULTS);
  store.follow(({ readout }) => told.push(readout));
  store.change({ readout: false });
  expect(told).toEqual([true, false]);
  expect(new PreferenceStore(keep, DEFAULTS).now).toEqual({ ...DEFAULTS, readout: false });
});

test.each([
  ["no JSON", "{"],
  ["of another kind", '"none"'],
  ["of another time", '{"isSharp": "yes", "colour": true}'],
])("what is kept is left out if it is %s", (_name, text) => {
  expect(new PreferenceStore(keepOf(text), DEFAULTS).now).toEqual(DEFAULTS);
});

test("where nothing may be kept a change holds for the page", () => {
  const full: Keep = {
    getItem: () => null,
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
  };
  for (const keep of [null, full]) {
    const store = new PreferenceStore(keep, DEFAULTS);
    store.change({ isSharp: false });
    expect(store.now.isSharp).toBe(false);
  }
});
