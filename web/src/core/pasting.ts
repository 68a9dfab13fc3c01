/** Keys that paste: they follow what they paste, which the browser tells of by an event of its own. */

import { isPaste, type KeyEvent, type Keyboard, type Platform } from "./keyboard";
import type { Cancel, Timers } from "./timers";

export interface PasteTarget {
  /** Whether anything that is pasted may go into the session. */
  readonly takesPaste: boolean;
  /** Whether what is pasted has been sent, or need not be; the keys that ask for it may follow. */
  paste(data: DataTransfer): Promise<boolean>;
}

export interface PastingOptions {
  readonly keyboard: Keyboard;
  readonly platform: Platform;
  readonly target: PasteTarget;
  readonly timers: Timers;
}

/** The paste event follows its key at once; a browser that tells of none must not cost the key. */
const EVENT_WITHIN_MS = 100;

export class Pasting {
  private readonly options: PastingOptions;
  /** The keys that wait in their order, the one that pastes first; null if none does. */
  private waiting: (() => void)[] | null = null;
  private cancel: Cancel = () => undefined;

  constructor(options: PastingOptions) {
    this.options = options;
  }

  /** Whether this key pastes: the browser must act on it, and the key waits for what it pastes. */
  begin(event: KeyEvent): boolean {
    const { keyboard, platform, target, timers } = this.options;
    if (this.waiting !== null || event.repeat || !target.takesPaste) return false;
    if (!isPaste(event, platform)) return false;
    const waiting = [() => keyboard.press(event)];
    this.waiting = waiting;
    this.cancel = timers.after(EVENT_WITHIN_MS, () => {
      this.finish(waiting, true);
    });
    return true;
  }

  /** Whether this has to wait behind a key that pastes; then it is done later. */
  hold(action: () => void): boolean {
    this.waiting?.push(action);
    return this.waiting !== null;
  }

  /** The browser tells what is pasted. What has no key of its own, from a menu, is only sent. */
  async pasted(data: DataTransfer | null): Promise<void> {
    this.cancel();
    const { waiting } = this;
    const { target } = this.options;
    const isSent = data === null || !target.takesPaste || (await target.paste(data));
    if (waiting !== null) this.finish(waiting, isSent);
  }

  /** What waits is dropped: the page has lost the keys. */
  forget(): void {
    this.cancel();
    this.waiting = null;
  }

  private finish(keys: readonly (() => void)[], isSent: boolean): void {
    if (this.waiting !== keys) return;
    this.waiting = null;
    for (const action of isSent ? keys : keys.slice(1)) action();
  }
}
