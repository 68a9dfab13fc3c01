/** The keyboard: what is pressed here is pressed there, and nothing stays pressed by accident. */

import {
  LEVEL3_SHIFT,
  characterKeysym,
  isCharacter,
  keysymOf,
  latinLetter,
  type KeyName,
} from "./keysyms";

export interface KeyboardOutput {
  key(keysym: number, pressed: boolean): void;
  /** The key is held long enough to be typed once more. */
  repeat(keysym: number): void;
  /** Everything that is pressed there, buttons too, is to be released. */
  releaseAll(): void;
}

/** The part of a KeyboardEvent that is looked at. */
export interface KeyEvent extends KeyName {
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly repeat: boolean;
  readonly isComposing: boolean;
  readonly keyCode: number;
  readonly timeStamp: number;
}

export type Platform = "mac" | "windows" | "other";

export interface KeyboardOptions {
  readonly platform: Platform;
  /** Whether Command stands for Control on a Mac. */
  readonly commandIsControl: () => boolean;
}

/** Keys of which the browser or an input method makes text, which then comes by `type`. */
const COMPOSING_KEYS: ReadonlySet<string> = new Set(["Dead", "Process", "Unidentified", "Compose"]);
const COMPOSING_KEY_CODE = 229;

const SUPERS: readonly number[] = [0xffeb, 0xffec];

/** Windows repeats them; they have nothing to type again. By name, the flag that says they are held. */
const MODIFIERS: ReadonlyMap<string, HeldFlag> = new Map<string, HeldFlag>([
  ["Shift", "shiftKey"],
  ["Control", "ctrlKey"],
  ["Alt", "altKey"],
  ["Meta", "metaKey"],
]);

type HeldFlag = "altKey" | "ctrlKey" | "metaKey" | "shiftKey";

/** Windows says AltGr as a left Control at the same instant followed by the right Alt. */
const ALTGR_WITHIN_MS = 50;

const CONTROL: readonly [number, number] = [0xffe3, 0xffe4];
const RIGHT = 2;

/** A key that is down, and the flag of the events while it is, if it is a modifier. */
interface Down {
  readonly keysym: number;
  readonly flag: HeldFlag | undefined;
}

/** Third-level modifiers; the characters that they make are sent instead of them. */
interface Level3 {
  readonly keysym: number;
  isSent: boolean;
}

export class Keyboard {
  private readonly output: KeyboardOutput;
  private readonly options: KeyboardOptions;
  /** What each key was pressed as, so that it is released as the same. */
  private readonly down = new Map<string, Down>();
  private readonly level3 = new Map<string, Level3>();
  private control_at = 0;

  constructor(output: KeyboardOutput, options: KeyboardOptions) {
    this.output = output;
    this.options = options;
  }

  /** Whether the key has been taken, so that the browser must not act on it. */
  press(event: KeyEvent): boolean {
    if (isComposing(event)) return false;
    if (this.isLevel3(event)) {
      this.holdLevel3(event);
      return true;
    }
    const keysym = this.keysym(event);
    if (keysym === null) return false;
    if (event.repeat && this.down.get(event.code)?.keysym === keysym) {
      if (!MODIFIERS.has(event.key)) this.output.repeat(keysym);
      return true;
    }
    this.releaseStale(event);
    if (!isCharacter(event.key)) this.sendLevel3();
    if (event.code === "ControlLeft") this.control_at = event.timeStamp;
    this.strike(event, keysym);
    return true;
  }

  release(event: KeyEvent): boolean {
    const level3 = this.level3.get(event.code);
    if (level3 !== undefined) {
      this.level3.delete(event.code);
      if (level3.isSent) this.output.key(level3.keysym, false);
      return true;
    }
    return this.up(event.code);
  }

  /** Types text that no single key stands for, such as what an input method composed. */
  type(text: string): void {
    for (const character of text) this.tap(characterKeysym(character));
  }

  tap(keysym: number): void {
    this.output.key(keysym, true);
    this.output.key(keysym, false);
  }

  /** Presses the keys one after the other, and releases them in reverse. */
  chord(keysyms: readonly number[]): void {
    for (const keysym of keysyms) this.output.key(keysym, true);
    for (const keysym of keysyms.toReversed()) this.output.key(keysym, false);
  }

  /** Releases the keys that are down, and nothing else. */
  letGo(): void {
    for (const code of [...this.down.keys()]) this.up(code);
    for (const { keysym, isSent } of this.level3.values()) if (isSent) this.output.key(keysym, false);
    this.level3.clear();
  }

  /** The page has lost the keys: their release will not be heard. */
  releaseAll(): void {
    this.forget();
    this.output.releaseAll();
  }

  /** What was pressed is not pressed any more on the other side. */
  forget(): void {
    this.down.clear();
    this.level3.clear();
  }

  /** Releases modifiers whose release went elsewhere, to the window manager for example. */
  releaseStale(event: Pick<KeyEvent, HeldFlag>): void {
    for (const [code, { flag }] of this.down) {
      if (flag !== undefined && !event[flag]) this.up(code);
    }
  }

  private strike(event: KeyEvent, keysym: number): void {
    // macOS does not tell of keys released while Command is held.
    if (this.isMac && event.metaKey && event.key !== "Meta") {
      if (isPaste(event, "mac") && !this.options.commandIsControl()) this.tapWithControl(keysym);
      else this.tap(keysym);
      return;
    }
    this.up(event.code);
    this.down.set(event.code, { keysym, flag: MODIFIERS.get(event.key) });
    this.output.key(keysym, true);
  }

  /** Linux's applications paste by Control. */
  private tapWithControl(keysym: number): void {
    for (const [code, { keysym: held }] of this.down) if (SUPERS.includes(held)) this.up(code);
    this.output.key(CONTROL[0], true);
    this.tap(keysym);
    this.output.key(CONTROL[0], false);
  }

  private up(code: string): boolean {
    const key = this.down.get(code);
    if (key === undefined) return false;
    this.down.delete(code);
    this.output.key(key.keysym, false);
    return true;
  }

  private get isMac(): boolean {
    return this.options.platform === "mac";
  }

  private keysym(event: KeyEvent): number | null {
    if (this.isMac && event.key === "Meta" && this.options.commandIsControl()) {
      return CONTROL[event.location === RIGHT ? 1 : 0];
    }
    const isShortcut = event.ctrlKey || event.altKey || event.metaKey;
    const letter = isShortcut && this.level3.size === 0 ? latinLetter(event) : null;
    return letter === null ? keysymOf(event) : characterKeysym(letter);
  }

  private isLevel3(event: KeyEvent): boolean {
    return event.key === "AltGraph" || (this.isMac && event.key === "Alt");
  }

  private holdLevel3(event: KeyEvent): void {
    if (this.level3.has(event.code)) return;
    const isPhantom = event.timeStamp - this.control_at <= ALTGR_WITHIN_MS;
    if (this.options.platform === "windows" && isPhantom) this.up("ControlLeft");
    const keysym = keysymOf(event) ?? LEVEL3_SHIFT;
    this.level3.set(event.code, { keysym, isSent: false });
  }

  /** With a key that makes no character the modifier itself is what counts. */
  private sendLevel3(): void {
    for (const level3 of this.level3.values()) {
      if (!level3.isSent) this.output.key(level3.keysym, true);
      level3.isSent = true;
    }
  }
}

function isComposing(event: KeyEvent): boolean {
  return (
    event.isComposing || event.keyCode === COMPOSING_KEY_CODE || COMPOSING_KEYS.has(event.key)
  );
}

/** Whether browsers answer this key with a paste event. */
export function isPaste(event: KeyEvent, platform: Platform): boolean {
  if (event.altKey) return false;
  if (event.key === "Insert") return event.shiftKey && !event.ctrlKey && !event.metaKey;
  const isV = (latinLetter(event) ?? event.key).toLowerCase() === "v";
  return isV && (platform === "mac" ? event.metaKey : event.ctrlKey);
}

export function platformOf(name: string): Platform {
  if (name.startsWith("Mac") || name.startsWith("iP")) return "mac";
  return name.startsWith("Win") ? "windows" : "other";
}
