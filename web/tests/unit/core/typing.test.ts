/** The hidden field: keys, and text that comes otherwise. */

import { beforeEach, describe, expect, test } from "vitest";
import { Keyboard } from "../../../src/core/keyboard";
import { listenToTyping } from "../../../src/core/typing";

let field: HTMLTextAreaElement;
let said: string[];

beforeEach(() => {
  field = document.createElement("textarea");
  said = [];
  const output = {
    key: (keysym: number, pressed: boolean) =>
      said.push(`${pressed ? "+" : "-"}${keysym.toString(16)}`),
    repeat: (keysym: number) => said.push(`*${keysym.toString(16)}`),
    releaseAll: () => said.push("release all"),
  };
  listenToTyping({
    field,
    keyboard: new Keyboard(output, { platform: "other", commandIsControl: () => false }),
    leave: () => said.push("leave"),
    signal: new AbortController().signal,
  });
});

/** Whether the browser may act on the key. */
function press(init: KeyboardEventInit): boolean {
  return field.dispatchEvent(new KeyboardEvent("keydown", { ...init, cancelable: true }));
}

test("a key goes there and not to the browser", () => {
  expect(press({ key: "F5", code: "F5" })).toBe(false);
  field.dispatchEvent(new KeyboardEvent("keyup", { key: "F5", code: "F5" }));
  expect(said).toEqual(["+ffc2", "-ffc2"]);
});

test.each([
  ["full screen", { key: "F11", code: "F11" }],
  ["the developers' tools", { key: "I", code: "KeyI", ctrlKey: true, shiftKey: true }],
])("%s stays the browser's", (_name, init) => {
  expect(press(init)).toBe(true);
  expect(said).toEqual([]);
});

test("Ctrl+Alt+Shift+M leaves for the page with nothing held", () => {
  press({ key: "M", code: "KeyM", ctrlKey: true, altKey: true, shiftKey: true });
  expect(said).toEqual(["release all", "leave"]);
});

test("losing the focus releases all", () => {
  field.dispatchEvent(new FocusEvent("blur"));
  expect(said).toEqual(["release all"]);
});

describe("text", () => {
  test("that an input method composes is typed when it is done", () => {
    field.value = "né";
    field.dispatchEvent(new InputEvent("input", { isComposing: true }));
    expect(said).toEqual([]);
    field.dispatchEvent(new CompositionEvent("compositionend", { data: "né" }));
    expect(said).toEqual(["+6e", "-6e", "+e9", "-e9"]);
    expect(field.value).toBe("");
  });

  test("of a keyboard on the screen is typed as it comes", () => {
    field.value = "a";
    field.dispatchEvent(new InputEvent("input", { data: "a", inputType: "insertText" }));
    expect(said).toEqual(["+61", "-61"]);
  });

  test("that is being composed is seen, and given up with the focus", () => {
    field.dispatchEvent(new CompositionEvent("compositionstart"));
    field.value = "ni";
    expect(field.className).toBe("composing");
    field.dispatchEvent(new FocusEvent("blur"));
    expect([field.className, field.value, said]).toEqual(["", "", ["release all"]]);
  });

  test("composed on a keyboard on the screen is typed as it comes, and corrected", () => {
    const compose = (text: string): void => {
      press({ key: "Unidentified", code: "" });
      field.value = text;
      field.dispatchEvent(new InputEvent("input", { isComposing: true }));
    };
    compose("t");
    compose("te");
    compose("tée");
    field.dispatchEvent(new CompositionEvent("compositionend", { data: "tée" }));
    const [t, e, back, acute] = ["74", "65", "ff08", "e9"];
    const taps = [t, e, back, acute, e].flatMap((keysym) => [`+${keysym}`, `-${keysym}`]);
    expect(said).toEqual(taps);
  });

  test("deleted on a keyboard on the screen is deleted there", () => {
    field.dispatchEvent(
      new InputEvent("beforeinput", { inputType: "deleteContentBackward", cancelable: true }),
    );
    expect(said).toEqual(["+ff08", "-ff08"]);
  });
});
