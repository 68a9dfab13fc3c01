/** All that the user does to the session, on its way to the agent. */

import { Keyboard, platformOf } from "./keyboard";
import * as say from "./outgoing";
import type { Bytes } from "./outgoing";
import { Pasting, type PasteTarget } from "./pasting";
import { Pointer } from "./pointer";
import type { Screen } from "./screen";
import type { Timers } from "./timers";
import { Touch } from "./touch";
import { listenToTyping } from "./typing";

export interface InputOptions {
  readonly screen: Screen;
  /** Takes the keyboard's focus, and shows what is being composed. */
  readonly field: HTMLTextAreaElement;
  readonly timers: Timers;
  readonly signal: AbortSignal;
  readonly send: (message: Bytes) => void;
  /** Whether what has been sent has not left yet. */
  readonly isCongested: () => boolean;
  /** Takes what is pasted into the field. */
  readonly paste: PasteTarget;
  /** Whether Command stands for Control on a Mac. */
  readonly commandIsControl: () => boolean;
  readonly events: InputEvents;
}

export interface InputEvents {
  /** The user has done something that has been sent. */
  acted(): void;
  /** It was a key or a button, so that something should be seen of it. */
  struck(): void;
  /** The user wants the page's own controls. */
  left(): void;
}

export class Input {
  private readonly options: InputOptions;
  private readonly keyboard: Keyboard;
  private readonly pasting: Pasting;
  private buttons = 0;

  constructor(options: InputOptions) {
    this.options = options;
    this.keyboard = this.createKeyboard();
    this.pasting = new Pasting({
      keyboard: this.keyboard,
      platform: platformOf(navigator.platform),
      target: options.paste,
      timers: options.timers,
    });
    this.listen();
  }

  /** Presses the keys one after the other, and releases them in reverse. */
  chord(keysyms: readonly number[]): void {
    this.keyboard.chord(keysyms);
  }

  /** What was pressed is not pressed any more on the other side. */
  forget(): void {
    this.pasting.forget();
    this.keyboard.forget();
    this.buttons = 0;
  }

  private createKeyboard(): Keyboard {
    const { send, isCongested, events, commandIsControl } = this.options;
    const output = {
      key: (keysym: number, pressed: boolean) => {
        send(say.key(keysym, pressed));
        if (pressed) events.struck();
      },
      repeat: (keysym: number) => {
        // The agent repeats nothing by itself: what is late here must not be typed there.
        if (!isCongested()) send(say.key(keysym, true));
        events.acted();
      },
      releaseAll: () => {
        send(say.release());
      },
    };
    return new Keyboard(output, { platform: platformOf(navigator.platform), commandIsControl });
  }

  private listen(): void {
    const { screen, field, timers, signal, events } = this.options;
    listenToTyping({
      field,
      keyboard: this.keyboard,
      pasting: this.pasting,
      leave: () => {
        events.left();
      },
      signal,
    });
    const options = {
      element: screen.canvas,
      timers,
      signal,
      position: (event: MouseEvent) => screen.position(event),
      pressed: (event: PointerEvent) => {
        this.takeFocus(event);
      },
      output: {
        pointer: (position: say.Position, buttons: number) => {
          this.point(position, buttons);
        },
        wheel: (dx: number, dy: number) => {
          this.options.send(say.wheel(dx, dy));
          events.acted();
        },
        isCongested: this.options.isCongested,
      },
    };
    new Pointer(options);
    new Touch(options);
  }

  private point(position: say.Position, buttons: number): void {
    const { send, events } = this.options;
    send(say.pointer(position, buttons));
    const isPress = (buttons & ~this.buttons) !== 0;
    this.buttons = buttons;
    if (isPress) events.struck();
    else events.acted();
  }

  /** The field goes where the user works: input methods show there what is being composed. */
  private takeFocus(event: PointerEvent): void {
    const { field, screen } = this.options;
    const area = screen.canvas.parentElement?.getBoundingClientRect();
    if (area !== undefined) {
      field.style.left = `${event.clientX - area.left}px`;
      field.style.top = `${event.clientY - area.top}px`;
    }
    field.focus({ preventScroll: true });
    this.keyboard.releaseStale(event);
  }
}
