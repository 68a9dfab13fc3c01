/** What is pressed here is pressed there, and nothing stays pressed by accident. */

import { beforeEach, describe, expect, test } from "vitest";
import { Keyboard, isPaste, platformOf, type KeyEvent, type Platform } from "../../../src/core/keyboard";

let said: string[];

beforeEach(() => {
  said = [];
});

function keyboardOn(platform: Platform, commandIsControl = false): Keyboard {
  const output = {
    key: (keysym: number, pressed: boolean) =>
      said.push(`${pressed ? "+" : "-"}${keysym.toString(16)}`),
    repeat: (keysym: number) => said.push(`*${keysym.toString(16)}`),
    releaseAll: () => said.push("release all"),
  };
  return new Keyboard(output, { platform, commandIsControl: () => commandIsControl });
}

function event(key: string, code: string, changes: Partial<KeyEvent> = {}): KeyEvent {
  return {
    key,
    code,
    location: code.endsWith("Right") ? 2 : 0,
    altKey: false,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    repeat: false,
    isComposing: false,
    keyCode: 0,
    timeStamp: 1000,
    ...changes,
  };
}

describe("a key", () => {
  test("is released as what it was pressed as", () => {
    const keyboard = keyboardOn("other");
    keyboard.press(event("Shift", "ShiftLeft", { shiftKey: true }));
    keyboard.press(event("A", "KeyA", { shiftKey: true }));
    keyboard.release(event("Shift", "ShiftLeft"));
    keyboard.release(event("a", "KeyA"));
    expect(said).toEqual(["+ffe1", "+41", "-ffe1", "-41"]);
  });

  test("that is held is repeated", () => {
    const keyboard = keyboardOn("other");
    keyboard.press(event("a", "KeyA"));
    keyboard.press(event("a", "KeyA", { repeat: true }));
    expect(said).toEqual(["+61", "*61"]);
  });

  test("that is a modifier is not repeated", () => {
    const keyboard = keyboardOn("windows");
    keyboard.press(event("Shift", "ShiftLeft", { shiftKey: true }));
    keyboard.press(event("Shift", "ShiftLeft", { shiftKey: true, repeat: true }));
    expect(said).toEqual(["+ffe1"]);
  });

  test("that was pressed elsewhere is not released here", () => {
    expect(keyboardOn("other").release(event("a", "KeyA"))).toBe(false);
    expect(said).toEqual([]);
  });

  test.each([
    ["an input method's", event("Process", "KeyA")],
    ["a dead one", event("Dead", "BracketLeft")],
    ["one within a composition", event("a", "KeyA", { isComposing: true })],
    ["one of a keyboard on the screen", event("", "", { keyCode: 229 })],
    ["a lock", event("CapsLock", "CapsLock")],
  ])("is left to the browser if it is %s", (_name, pressed) => {
    expect(keyboardOn("other").press(pressed)).toBe(false);
    expect(said).toEqual([]);
  });
});

test("a modifier whose release went elsewhere is released with the next key", () => {
  const keyboard = keyboardOn("other");
  keyboard.press(event("Alt", "AltLeft", { altKey: true }));
  keyboard.press(event("a", "KeyA"));
  expect(said).toEqual(["+ffe9", "-ffe9", "+61"]);
});

test("a modifier that another key stands for is not taken for released", () => {
  const keyboard = keyboardOn("other");
  keyboard.press(event("Control", "CapsLock", { ctrlKey: true }));
  keyboard.press(event("c", "KeyC", { ctrlKey: true }));
  expect(said).toEqual(["+ffe3", "+63"]);
});

test("a chord is pressed in order and released in reverse", () => {
  keyboardOn("other").chord([0xffe3, 0xffe9, 0xffff]);
  expect(said).toEqual(["+ffe3", "+ffe9", "+ffff", "-ffff", "-ffe9", "-ffe3"]);
});

test("when the page loses the keys all are released, and none twice", () => {
  const keyboard = keyboardOn("other");
  keyboard.press(event("a", "KeyA"));
  keyboard.releaseAll();
  keyboard.release(event("a", "KeyA"));
  expect(said).toEqual(["+61", "release all"]);
});

test("a shortcut is found on a keyboard of another alphabet", () => {
  const keyboard = keyboardOn("other");
  keyboard.press(event("Control", "ControlLeft", { ctrlKey: true }));
  keyboard.press(event("с", "KeyC", { ctrlKey: true }));
  expect(said).toEqual(["+ffe3", "+63"]);
});

test("text is typed character by character", () => {
  keyboardOn("other").type("é\n");
  expect(said).toEqual(["+e9", "-e9", "+ff0d", "-ff0d"]);
});

describe("AltGr", () => {
  const altGr = event("AltGraph", "AltRight");

  test("is not said along with the character that it makes", () => {
    const keyboard = keyboardOn("other");
    keyboard.press(altGr);
    keyboard.press(event("@", "KeyQ"));
    keyboard.release(event("@", "KeyQ"));
    keyboard.release(altGr);
    expect(said).toEqual(["+40", "-40"]);
  });

  test("is said with a key that makes none", () => {
    const keyboard = keyboardOn("other");
    keyboard.press(altGr);
    keyboard.press(event("ArrowLeft", "ArrowLeft"));
    keyboard.release(altGr);
    expect(said).toEqual(["+fe03", "+ff51", "-fe03"]);
  });

  test("takes back the Control that Windows invents for it", () => {
    const keyboard = keyboardOn("windows");
    keyboard.press(event("Control", "ControlLeft", { ctrlKey: true }));
    keyboard.press({ ...altGr, ctrlKey: true, altKey: true, timeStamp: 1001 });
    keyboard.press(event("@", "KeyQ", { ctrlKey: true, altKey: true }));
    keyboard.release(event("Control", "ControlLeft"));
    expect(said).toEqual(["+ffe3", "-ffe3", "+40"]);
  });

  test("leaves a Control that was held before", () => {
    const keyboard = keyboardOn("windows");
    keyboard.press(event("Control", "ControlLeft", { ctrlKey: true }));
    keyboard.press({ ...altGr, ctrlKey: true, timeStamp: 2000 });
    expect(said).toEqual(["+ffe3"]);
  });
});

describe("on a Mac", () => {
  test("Option makes characters", () => {
    const keyboard = keyboardOn("mac");
    keyboard.press(event("Alt", "AltLeft", { altKey: true }));
    keyboard.press(event("å", "KeyA", { altKey: true }));
    expect(said).toEqual(["+e5"]);
  });

  test("Command with V is Control with V", () => {
    const keyboard = keyboardOn("mac");
    keyboard.press(event("Meta", "MetaLeft", { metaKey: true }));
    keyboard.press(event("v", "KeyV", { metaKey: true }));
    keyboard.release(event("Meta", "MetaLeft"));
    expect(said).toEqual(["+ffeb", "-ffeb", "+ffe3", "+76", "-76", "-ffe3"]);
  });

  test("a key pressed with Command does not wait for a release that never comes", () => {
    const keyboard = keyboardOn("mac");
    keyboard.press(event("Meta", "MetaLeft", { metaKey: true }));
    keyboard.press(event("c", "KeyC", { metaKey: true }));
    expect(said).toEqual(["+ffeb", "+63", "-63"]);
  });

  test("Command is Control, if the user likes it so, for as long as it is held", () => {
    const keyboard = keyboardOn("mac", true);
    keyboard.press(event("Meta", "MetaRight", { metaKey: true }));
    keyboard.press(event("c", "KeyC", { metaKey: true }));
    keyboard.press(event("v", "KeyV", { metaKey: true }));
    keyboard.release(event("Meta", "MetaRight"));
    expect(said).toEqual(["+ffe4", "+63", "-63", "+76", "-76", "-ffe4"]);
  });
});

test("keys are let go as what they were pressed as, and without a word to anything else", () => {
  const keyboard = keyboardOn("other");
  keyboard.press(event("Shift", "ShiftLeft", { shiftKey: true }));
  keyboard.press(event("A", "KeyA", { shiftKey: true }));
  keyboard.press(event("AltGraph", "AltRight", { shiftKey: true }));
  keyboard.press(event("F1", "F1", { shiftKey: true }));
  said = [];
  keyboard.letGo();
  keyboard.release(event("a", "KeyA"));
  expect(said).toEqual(["-ffe1", "-41", "-ffbe", "-fe03"]);
});

test.each([
  ["MacIntel", "mac"],
  ["Win32", "windows"],
  ["Linux x86_64", "other"],
])("%s is %s", (name, platform) => {
  expect(platformOf(name)).toBe(platform);
});

test.each([
  ["Ctrl+V", true, "other", { key: "v", code: "KeyV", ctrlKey: true }],
  ["Ctrl+Shift+V", true, "windows", { key: "V", code: "KeyV", ctrlKey: true, shiftKey: true }],
  ["Ctrl+V of another alphabet", true, "other", { key: "м", code: "KeyV", ctrlKey: true }],
  ["Shift+Insert", true, "other", { key: "Insert", code: "Insert", shiftKey: true }],
  ["Command+V on a Mac", true, "mac", { key: "v", code: "KeyV", metaKey: true }],
  ["Ctrl+V on a Mac", false, "mac", { key: "v", code: "KeyV", ctrlKey: true }],
  ["the key at V's place with another letter", false, "other", { key: "k", code: "KeyV", ctrlKey: true }],
  ["Ctrl+Alt+V", false, "other", { key: "v", code: "KeyV", ctrlKey: true, altKey: true }],
  ["Ctrl+Insert", false, "other", { key: "Insert", code: "Insert", ctrlKey: true }],
  ["V", false, "other", { key: "v", code: "KeyV" }],
] as const)("browsers take %s for a paste: %s", (_name, isOne, platform, changes) => {
  expect(isPaste(event(changes.key, changes.code, changes), platform)).toBe(isOne);
});
