/** Where the keyboard's events and composed text come from: a text field that is hardly seen. */

import { Composition } from "./composition";
import type { Keyboard } from "./keyboard";
import type { Pasting } from "./pasting";

/** Keys that stay the browser's: full screen, and its developers' tools. */
const BROWSERS_OWN: readonly ((event: KeyboardEvent) => boolean)[] = [
  (event) => event.key === "F11",
  (event) => event.ctrlKey && event.shiftKey && event.code === "KeyI",
];

export interface TypingOptions {
  readonly field: HTMLTextAreaElement;
  readonly keyboard: Keyboard;
  readonly pasting: Pasting;
  /** The user asked, by Ctrl+Alt+Shift+M, for the page's own controls. */
  readonly leave: () => void;
  /** The field has lost the focus: what is pressed is to be released. */
  readonly lost: () => void;
  readonly signal: AbortSignal;
}

/** Passes what is typed into the field on to the keyboard. */
export function listenToTyping(options: TypingOptions): void {
  const { field, keyboard, pasting, leave, lost, signal } = options;
  const on = <K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (event: HTMLElementEventMap[K]) => void,
  ): void => {
    field.addEventListener(type, listener, { signal });
  };
  const composition = new Composition(field, keyboard, signal);
  on("keydown", (event) => {
    composition.keyed(event);
    if (isLeaving(event)) {
      event.preventDefault();
      pasting.forget();
      keyboard.releaseAll();
      leave();
    } else if (!BROWSERS_OWN.some((isOwn) => isOwn(event)) && !pasting.begin(event)) {
      const isHeld = pasting.hold(() => keyboard.press(event));
      if (isHeld || keyboard.press(event)) event.preventDefault();
    }
  });
  on("keyup", (event) => {
    const isHeld = pasting.hold(() => keyboard.release(event));
    if (isHeld || keyboard.release(event)) event.preventDefault();
  });
  on("blur", () => {
    pasting.forget();
    composition.forget();
    lost();
  });
  on("paste", (event) => {
    event.preventDefault(); // it would be typed
    void pasting.pasted(event.clipboardData);
  });
}

function isLeaving(event: KeyboardEvent): boolean {
  return event.ctrlKey && event.altKey && event.shiftKey && event.code === "KeyM";
}
