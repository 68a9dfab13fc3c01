/** From a keyboard event to the X keysym that it stands for. Facts from X11/keysymdef.h and XF86keysym.h. */

/** The part of a KeyboardEvent that says which key it is. */
export interface KeyName {
  readonly key: string;
  readonly code: string;
  readonly location: number;
}

export const LEVEL3_SHIFT = 0xfe03;

const UNICODE = 0x01000000;
const RIGHT = 2;
const KEYPAD = 3;
const FIRST_FUNCTION_KEY = 0xffbe;

const NAMED: ReadonlyMap<string, number> = new Map([
  ["Backspace", 0xff08],
  ["Tab", 0xff09],
  ["Clear", 0xff0b],
  ["Enter", 0xff0d],
  ["Pause", 0xff13],
  ["ScrollLock", 0xff14],
  ["Escape", 0xff1b],
  ["Home", 0xff50],
  ["ArrowLeft", 0xff51],
  ["ArrowUp", 0xff52],
  ["ArrowRight", 0xff53],
  ["ArrowDown", 0xff54],
  ["PageUp", 0xff55],
  ["PageDown", 0xff56],
  ["End", 0xff57],
  ["Select", 0xff60],
  ["PrintScreen", 0xff61],
  ["Execute", 0xff62],
  ["Insert", 0xff63],
  ["Undo", 0xff65],
  ["Redo", 0xff66],
  ["ContextMenu", 0xff67],
  ["Find", 0xff68],
  ["Cancel", 0xff69],
  ["Help", 0xff6a],
  ["AltGraph", LEVEL3_SHIFT],
  ["Delete", 0xffff],
  ["BrightnessUp", 0x1008ff02],
  ["BrightnessDown", 0x1008ff03],
  ["AudioVolumeDown", 0x1008ff11],
  ["AudioVolumeMute", 0x1008ff12],
  ["AudioVolumeUp", 0x1008ff13],
  ["MediaPlayPause", 0x1008ff14],
  ["MediaPlay", 0x1008ff14],
  ["MediaStop", 0x1008ff15],
  ["MediaTrackPrevious", 0x1008ff16],
  ["MediaTrackNext", 0x1008ff17],
  ["BrowserHome", 0x1008ff18],
  ["LaunchMail", 0x1008ff19],
  ["BrowserSearch", 0x1008ff1b],
  ["MediaRecord", 0x1008ff1c],
  ["LaunchApplication2", 0x1008ff1d],
  ["BrowserBack", 0x1008ff26],
  ["BrowserForward", 0x1008ff27],
  ["BrowserStop", 0x1008ff28],
  ["BrowserRefresh", 0x1008ff29],
  ["Eject", 0x1008ff2c],
  ["BrowserFavorites", 0x1008ff30],
  ["MediaPause", 0x1008ff31],
  ["MediaRewind", 0x1008ff3e],
  ["Close", 0x1008ff56],
  ["Copy", 0x1008ff57],
  ["Cut", 0x1008ff58],
  ["New", 0x1008ff68],
  ["Open", 0x1008ff6b],
  ["Paste", 0x1008ff6d],
  ["Save", 0x1008ff77],
  ["ZoomIn", 0x1008ff8b],
  ["ZoomOut", 0x1008ff8c],
]);

/** Left and right of the modifiers. */
const MODIFIERS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ["Shift", [0xffe1, 0xffe2]],
  ["Control", [0xffe3, 0xffe4]],
  ["Alt", [0xffe9, 0xffea]],
  ["Meta", [0xffeb, 0xffec]],
]);

const KEYPAD_KEYS: ReadonlyMap<string, number> = new Map([
  ["Enter", 0xff8d],
  ["Home", 0xff95],
  ["ArrowLeft", 0xff96],
  ["ArrowUp", 0xff97],
  ["ArrowRight", 0xff98],
  ["ArrowDown", 0xff99],
  ["PageUp", 0xff9a],
  ["PageDown", 0xff9b],
  ["End", 0xff9c],
  ["Clear", 0xff9d],
  ["Insert", 0xff9e],
  ["Delete", 0xff9f],
  ["*", 0xffaa],
  ["+", 0xffab],
  [",", 0xffac],
  ["-", 0xffad],
  [".", 0xffae],
  ["/", 0xffaf],
  ["=", 0xffbd],
]);

/**
 * The key's keysym; null for a key that stands for nothing on the other side: those that compose text
 * here, and the locks, whose effect the browser has already worked into the characters.
 */
export function keysymOf(event: KeyName): number | null {
  const modifier = MODIFIERS.get(modifierName(event));
  if (modifier !== undefined) return modifier[event.location === RIGHT ? 1 : 0];
  if (event.location === KEYPAD) {
    const keypad = keypadKeysym(event.key);
    if (keypad !== null) return keypad;
  }
  if (isCharacter(event.key)) return characterKeysym(event.key);
  return NAMED.get(event.key) ?? functionKeysym(event.key);
}

/** Whether the key's value is a character to be typed, not the name of a key. */
export function isCharacter(key: string): boolean {
  return /^.$/u.test(key);
}

/** The keysym that types this character. */
export function characterKeysym(character: string): number {
  if (character === "\n" || character === "\r") return 0xff0d;
  if (character === "\t") return 0xff09;
  const point = character.codePointAt(0) ?? 0;
  const isLatin1 = (point >= 0x20 && point <= 0x7e) || (point >= 0xa0 && point <= 0xff);
  return isLatin1 ? point : UNICODE | point;
}

/**
 * The Latin letter that the key bears, in the case of its own character; null if it bears none.
 * Applications look for shortcuts such as Ctrl+C there, whatever the alphabet.
 */
export function latinLetter(event: KeyName): string | null {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  if (letter === undefined || !isCharacter(event.key) || event.key <= "\u00ff") return null;
  return event.key === event.key.toLowerCase() ? letter.toLowerCase() : letter;
}

function modifierName(event: KeyName): string {
  // X calls Alt "Meta" while Shift is held.
  return event.key === "Meta" && event.code.startsWith("Alt") ? "Alt" : event.key;
}

function keypadKeysym(key: string): number | null {
  const digit = /^[0-9]$/.test(key) ? 0xffb0 + Number(key) : null;
  return digit ?? KEYPAD_KEYS.get(key) ?? null;
}

function functionKeysym(key: string): number | null {
  const number = Number(/^F(\d{1,2})$/.exec(key)?.[1]);
  return number >= 1 && number <= 24 ? FIRST_FUNCTION_KEY + number - 1 : null;
}
