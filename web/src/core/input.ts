/** All that the user does to the session, on its way to the agent. */

import { Keyboard, platformOf } from "./keyboard";
import type { Monitor } from "./monitors";
import * as say from "./outgoing";
import type { Bytes } from "./outgoing";
import { Pasting, type PasteTarget } from "./pasting";
import { Pointer, type PointerOptions } from "./pointer";
import type { Point, Screen } from "./screen";
import type { Timers } from "./timers";
import { Touch } from "./touch";
import { listenToTyping } from "./typing";

export interface InputOptions {
  readonly timers: Timers;
  /** The remote screen's pixel under a pointer of which this screen hears. */
  readonly position: (screen: Screen, pointer: Point) => say.Position;
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
  /** Where a button was pressed last. */
  private pressed: Monitor | null = null;

  constructor(options: InputOptions) {
    this.options = options;
    this.keyboard = this.createKeyboard();
    this.pasting = new Pasting({
      keyboard: this.keyboard,
      platform: platformOf(navigator.platform),
      target: options.paste,
      timers: options.timers,
    });
  }

  /** Takes what the user does there, until the signal; keys are one keyboard's, wherever pressed. */
  listen(monitor: Monitor, signal: AbortSignal): void {
    listenToTyping({
      field: monitor.field,
      keyboard: this.keyboard,
      pasting: this.pasting,
      leave: () => {
        this.options.events.left();
      },
      lost: () => {
        this.release(monitor);
      },
      signal,
    });
    signal.addEventListener("abort", () => {
      this.release(monitor); // a window that is closed by a key tells of no more
    });
    const options = this.pointerOptions(monitor, signal);
    new Pointer(options);
    new Touch(options);
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
        this.buttons = 0;
        send(say.release());
      },
    };
    return new Keyboard(output, { platform: platformOf(navigator.platform), commandIsControl });
  }

  private pointerOptions(monitor: Monitor, signal: AbortSignal): PointerOptions {
    const { timers, position, send, isCongested, events } = this.options;
    return {
      element: monitor.screen.canvas,
      timers,
      signal,
      position: (event) => position(monitor.screen, event),
      pressed: (event) => {
        this.takeFocus(monitor, event);
      },
      output: {
        pointer: (at, buttons) => {
          this.point(monitor, at, buttons);
        },
        wheel: (dx, dy) => {
          send(say.wheel(dx, dy));
          events.acted();
        },
        isCongested,
      },
    };
  }

  private point(monitor: Monitor, position: say.Position, buttons: number): void {
    const { send, events } = this.options;
    send(say.pointer(position, buttons));
    const isPress = (buttons & ~this.buttons) !== 0;
    this.buttons = buttons;
    if (isPress) this.pressed = monitor;
    if (isPress) events.struck();
    else events.acted();
  }

  /** The keys go elsewhere. If that is by a press in the other window, its button stays pressed. */
  private release(monitor: Monitor): void {
    if (this.buttons !== 0 && this.pressed !== monitor) this.keyboard.letGo();
    else this.keyboard.releaseAll();
  }

  /** The field goes where the user works: input methods show there what is being composed. */
  private takeFocus({ field, screen }: Monitor, event: PointerEvent): void {
    const area = screen.canvas.parentElement?.getBoundingClientRect();
    if (area !== undefined) {
      field.style.left = `${event.clientX - area.left}px`;
      field.style.top = `${event.clientY - area.top}px`;
    }
    field.focus({ preventScroll: true });
    this.keyboard.releaseStale(event);
  }
}
