/** Where the keyboard's events and composed text come from: a text field that is hardly seen. */

import { Composition } from "./composition";
import type { Keyboard } from "./keyboard";

/** Keys that stay the browser's: full screen, and its developers' tools. */
const BROWSERS_OWN: readonly ((event: KeyboardEvent) => boolean)[] = [
  (event) => event.key === "F11",
  (event) => event.ctrlKey && event.shiftKey && event.code === "KeyI",
];

export interface TypingOptions {
  readonly field: HTMLTextAreaElement;
  readonly keyboard: Keyboard;
  /** The user asked, by Ctrl+Alt+Shift+M, for the page's own controls. */
  readonly leave: () => void;
  readonly signal: AbortSignal;
}

/** Passes what is typed into the field on to the keyboard. */
export function listenToTyping({ field, keyboard, leave, signal }: TypingOptions): void {
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
      keyboard.releaseAll();
      leave();
    } else if (!BROWSERS_OWN.some((isOwn) => isOwn(event)) && keyboard.press(event)) {
      event.preventDefault();
    }
  });
  on("keyup", (event) => {
    if (keyboard.release(event)) event.preventDefault();
  });
  on("blur", () => {
    composition.forget();
    keyboard.releaseAll();
  });
}

function isLeaving(event: KeyboardEvent): boolean {
  return event.ctrlKey && event.altKey && event.shiftKey && event.code === "KeyM";
}
