/** The hidden field: keys, and text that comes otherwise. */

import { beforeEach, describe, expect, test } from "vitest";
import { Keyboard } from "../../../src/core/keyboard";
import { Pasting } from "../../../src/core/pasting";
import { listenToTyping } from "../../../src/core/typing";
import { ManualTimers } from "../../support/manual-timers";

let field: HTMLTextAreaElement;
let said: string[];
let timers: ManualTimers;
let takesPaste: boolean;
/** Answers for the paste that is under way. */
let answer: (isSent: boolean) => void;

beforeEach(() => {
  takesPaste = true;
  timers = new ManualTimers();
  field = document.createElement("textarea");
  said = [];
  const output = {
    key: (keysym: number, pressed: boolean) =>
      said.push(`${pressed ? "+" : "-"}${keysym.toString(16)}`),
    repeat: (keysym: number) => said.push(`*${keysym.toString(16)}`),
    releaseAll: () => said.push("release all"),
  };
  const keyboard = new Keyboard(output, { platform: "other", commandIsControl: () => false });
  const target = {
    get takesPaste() {
      return takesPaste;
    },
    paste: (data: DataTransfer) => {
      said.push(`paste ${data.getData("text/plain")}`);
      return new Promise<boolean>((resolve) => {
        answer = resolve;
      });
    },
  };
  listenToTyping({
    field,
    keyboard,
    pasting: new Pasting({ keyboard, platform: "other", target, timers }),
    leave: () => said.push("leave"),
    lost: () => said.push("lost"),
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

test("losing the focus is told", () => {
  field.dispatchEvent(new FocusEvent("blur"));
  expect(said).toEqual(["lost"]);
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

  test("that is being composed in another window waits as well", () => {
    const frame = document.body.appendChild(document.createElement("iframe"));
    const other = frame.contentWindow as unknown as typeof globalThis;
    field.value = "n";
    field.dispatchEvent(new other.InputEvent("input", { isComposing: true }));
    frame.remove();
    expect(said).toEqual([]);
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
    expect([field.className, field.value, said]).toEqual(["", "", ["lost"]]);
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

const CONTROL_V = { key: "v", code: "KeyV", ctrlKey: true };

/** Whether the browser may paste into the field; it brings this text. */
function paste(text: string): boolean {
  const event = new Event("paste", { cancelable: true });
  return field.dispatchEvent(Object.assign(event, { clipboardData: { getData: () => text } }));
}

/** What was promised is done. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

describe("a key that pastes", () => {
  test("is left to the browser, and follows what the browser then brings", async () => {
    expect(press(CONTROL_V)).toBe(true);
    expect(paste("text")).toBe(false);
    expect(said).toEqual(["paste text"]);
    answer(true);
    await settle();
    expect(said).toEqual(["paste text", "+76"]);
  });

  test("holds up the keys behind it, in their order", async () => {
    press(CONTROL_V);
    paste("text");
    field.dispatchEvent(new KeyboardEvent("keyup", { key: "v", code: "KeyV" }));
    expect(press({ key: "x", code: "KeyX" })).toBe(false);
    expect(said).toEqual(["paste text"]);
    answer(true);
    await settle();
    expect(said).toEqual(["paste text", "+76", "-76", "+78"]);
  });

  test("is not passed on when what it pastes was not", async () => {
    press(CONTROL_V);
    paste("too much");
    press({ key: "x", code: "KeyX" });
    answer(false);
    await settle();
    expect(said).toEqual(["paste too much", "+78"]);
  });

  test("goes on alone if the browser brings nothing", () => {
    press(CONTROL_V);
    timers.pass(100);
    expect(said).toEqual(["+76"]);
  });

  test("is forgotten with the focus", async () => {
    press(CONTROL_V);
    paste("text");
    field.dispatchEvent(new FocusEvent("blur"));
    answer(true);
    await settle();
    expect(said).toEqual(["paste text", "lost"]);
  });

  test("of which an earlier paste knows nothing waits for its own", async () => {
    press(CONTROL_V);
    paste("first");
    const first = answer;
    field.dispatchEvent(new FocusEvent("blur"));
    press(CONTROL_V);
    paste("second");
    first(true);
    await settle();
    expect(said).toEqual(["paste first", "lost", "paste second"]);
    answer(true);
    await settle();
    expect(said.at(-1)).toBe("+76");
  });

  test("is a key like others where nothing may be pasted", () => {
    takesPaste = false;
    expect(press(CONTROL_V)).toBe(false);
    expect(said).toEqual(["+76"]);
    expect(paste("by a menu")).toBe(false);
    expect(field.value).toBe("");
    expect(said).toEqual(["+76"]);
  });

  test("is pressed once however long it is held", () => {
    expect(press({ ...CONTROL_V, repeat: true })).toBe(false);
    expect(said).toEqual(["+76"]);
  });
});

test("what is pasted by a menu is passed on without a key", async () => {
  paste("text");
  answer(true);
  await settle();
  expect(said).toEqual(["paste text"]);
});
