/** Which keysym a key stands for. */

import { expect, test } from "vitest";
import { characterKeysym, keysymOf, latinLetter } from "../../../src/core/keysyms";

function key(name: string, code = "", location = 0): Parameters<typeof keysymOf>[0] {
  return { key: name, code, location };
}

test.each([
  ["a letter", key("a"), 0x61],
  ["a capital", key("A"), 0x41],
  ["a character of Latin-1", key("é"), 0xe9],
  ["a character beyond", key("€"), 0x010020ac],
  ["a character of two code units", key("𝄞"), 0x0101d11e],
  ["a space", key(" "), 0x20],
  ["Enter", key("Enter"), 0xff0d],
  ["Enter on the keypad", key("Enter", "NumpadEnter", 3), 0xff8d],
  ["a digit on the keypad", key("7", "Numpad7", 3), 0xffb7],
  ["Home on the keypad", key("Home", "Numpad7", 3), 0xff95],
  ["a comma on the keypad", key(",", "NumpadDecimal", 3), 0xffac],
  ["left Shift", key("Shift", "ShiftLeft", 1), 0xffe1],
  ["right Control", key("Control", "ControlRight", 2), 0xffe4],
  ["Alt with Shift, which X calls Meta", key("Meta", "AltLeft", 1), 0xffe9],
  ["the logo key", key("Meta", "MetaLeft", 1), 0xffeb],
  ["F1", key("F1"), 0xffbe],
  ["F24", key("F24"), 0xffd5],
  ["a media key", key("MediaPlayPause"), 0x1008ff14],
  ["a lock, whose effect is in the characters", key("CapsLock"), null],
  ["what no keyboard has", key("F25"), null],
])("%s", (_name, event, keysym) => {
  expect(keysymOf(event)).toBe(keysym);
});

test.each([
  ["\n", 0xff0d],
  ["\t", 0xff09],
  ["~", 0x7e],
])("%j is typed by %i", (character, keysym) => {
  expect(characterKeysym(character)).toBe(keysym);
});

test.each([
  ["Cyrillic", key("с", "KeyC"), "c"],
  ["a Cyrillic capital", key("С", "KeyC"), "C"],
  ["Latin, which is one already", key("c", "KeyC"), null],
  ["what is no letter key", key("ё", "Backquote"), null],
])("the Latin letter of %s", (_name, event, letter) => {
  expect(latinLetter(event)).toBe(letter);
});
