/** Text that comes to rest in the hidden field, however it was made, and is typed. */

import type { Keyboard } from "./keyboard";

const BACKSPACE = 0xff08;

export class Composition {
  private readonly field: HTMLTextAreaElement;
  private readonly keyboard: Keyboard;
  /** What a keyboard on the screen has composed and has been typed already. */
  private typed: readonly string[] = [];
  private isOnScreen = false;

  /** From now on the field is emptied into the keyboard. */
  constructor(field: HTMLTextAreaElement, keyboard: Keyboard, signal: AbortSignal) {
    this.field = field;
    this.keyboard = keyboard;
    this.listen(signal);
  }

  /** A key has gone down; one of a keyboard on the screen says nothing of itself. */
  keyed({ key, code }: Pick<KeyboardEvent, "key" | "code">): void {
    this.isOnScreen = key === "Unidentified" && code === "";
  }

  /** What is being composed is given up. */
  forget(): void {
    this.typed = [];
    this.field.value = "";
    this.field.classList.remove("composing");
  }

  private listen(signal: AbortSignal): void {
    const { field } = this;
    field.addEventListener(
      "compositionstart",
      () => {
        field.classList.toggle("composing", !this.isOnScreen);
      },
      { signal },
    );
    field.addEventListener(
      "compositionend",
      () => {
        this.take();
      },
      { signal },
    );
    field.addEventListener(
      "input",
      (event) => {
        const isComposing = "isComposing" in event && event.isComposing;
        if (!isComposing) this.take();
        else if (this.isOnScreen) this.follow();
      },
      { signal },
    );
    field.addEventListener(
      "beforeinput",
      (event) => {
        this.deleteBeyond(event);
      },
      { signal },
    );
  }

  /** The text has come to rest: it is typed, and the field is empty again. */
  private take(): void {
    this.follow();
    this.forget();
  }

  /**
   * A keyboard on the screen composes every word, whose letters should be seen as they come: only
   * what differs is typed, and what has been taken back is deleted.
   */
  private follow(): void {
    const text = Array.from(this.field.value);
    const differs = this.typed.findIndex((character, index) => character !== text[index]);
    const common = differs < 0 ? this.typed.length : differs;
    for (let left = this.typed.length; left > common; left -= 1) this.keyboard.tap(BACKSPACE);
    this.keyboard.type(text.slice(common).join(""));
    this.typed = text;
  }

  /** On an empty field deleting makes no input event. */
  private deleteBeyond(event: InputEvent): void {
    if (event.isComposing || this.field.value !== "") return;
    if (event.inputType !== "deleteContentBackward") return;
    event.preventDefault();
    this.keyboard.tap(BACKSPACE);
  }
}
