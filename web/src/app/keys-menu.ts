/** Keys that the browser or the user's own system keeps to itself, to be sent all the same. */

import { menu } from "./menu";
import type { Popup } from "./popup";

const [CONTROL, ALT, SUPER] = [0xffe3, 0xffe9, 0xffeb];
const [TAB, ESCAPE, PRINT, F4, DELETE] = [0xff09, 0xff1b, 0xff61, 0xffc1, 0xffff];

const CHORDS: readonly (readonly [string, readonly number[]])[] = [
  ["Ctrl + Alt + Delete", [CONTROL, ALT, DELETE]],
  ["Alt + Tab", [ALT, TAB]],
  ["Alt + F4", [ALT, F4]],
  ["Super", [SUPER]],
  ["Print Screen", [PRINT]],
  ["Ctrl + W", [CONTROL, 0x77]],
  ["Ctrl + T", [CONTROL, 0x74]],
  ["Ctrl + N", [CONTROL, 0x6e]],
  ["Escape", [ESCAPE]],
  ["Tab", [TAB]],
];

/** `send` is given keysyms to be pressed together. */
export function keysMenu(send: (keysyms: readonly number[]) => void, left: () => void): Popup {
  const items = CHORDS.map(([label, keysyms]) => ({
    label,
    action: () => {
      send(keysyms);
    },
  }));
  return menu("Send keys", items, left);
}
