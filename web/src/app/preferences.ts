/** What the user prefers on this device; kept where the browser allows it. */

import { asRecord } from "../core/json";

export interface Preferences {
  /** Whether the picture has a pixel for each of the device's, or one for each of CSS. */
  readonly isSharp: boolean;
  /** Whether round trip and bandwidth are shown. */
  readonly readout: boolean;
  /** Whether there is a button for the keyboard on the screen. */
  readonly screenKeyboard: boolean;
  /** Whether Command stands for Control on a Mac. */
  readonly commandIsControl: boolean;
}

/** The part of a Storage that is used. */
export type Keep = Pick<Storage, "getItem" | "setItem">;

const KEY = "ownstream-preferences";

export class PreferenceStore {
  private readonly keep: Keep | null;
  private readonly listeners: ((preferences: Preferences) => void)[] = [];
  private preferences: Preferences;

  /** With `keep` null nothing outlives the page. */
  constructor(keep: Keep | null, defaults: Preferences) {
    this.keep = keep;
    this.preferences = { ...defaults, ...kept(keep, defaults) };
  }

  get now(): Preferences {
    return this.preferences;
  }

  change(changes: Partial<Preferences>): void {
    this.preferences = { ...this.preferences, ...changes };
    try {
      this.keep?.setItem(KEY, JSON.stringify(this.preferences));
    } catch (error) {
      // Full, or forbidden after all: the preferences hold for this page.
      if (!(error instanceof DOMException)) throw error;
    }
    for (const listener of this.listeners) listener(this.preferences);
  }

  /** Calls it now and after every change. */
  follow(listener: (preferences: Preferences) => void): void {
    this.listeners.push(listener);
    listener(this.preferences);
  }
}

/** The preferences of this browser and device. */
export function devicePreferences(): PreferenceStore {
  return new PreferenceStore(localKeep(), {
    isSharp: true,
    readout: true,
    screenKeyboard: matchMedia("(any-pointer: coarse)").matches,
    commandIsControl: true,
  });
}

/** The page's local storage; null where the user or a frame's owner forbids it. */
function localKeep(): Keep | null {
  try {
    return localStorage;
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

/** What was kept of preferences that there are. */
function kept(keep: Keep | null, defaults: Preferences): Partial<Preferences> {
  const found = asRecord(parsed(keep?.getItem(KEY) ?? "{}"));
  return Object.fromEntries(
    Object.keys(defaults)
      .filter((name) => typeof found[name] === "boolean")
      .map((name) => [name, found[name]]),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
