/** The dialog of the user's preferences. Changes take effect as they are made. */

import type { Platform } from "../core/keyboard";
import { button, element } from "./dom";
import { leave, showUntilClosed } from "./modal";
import type { Preferences, PreferenceStore } from "./preferences";

interface Choice {
  readonly name: keyof Preferences;
  readonly label: string;
  readonly hint: string;
}

const PICTURE: readonly Choice[] = [
  {
    name: "isSharp",
    label: "Use all of the screen's pixels",
    hint: "Off, the picture is coarser on high-resolution screens, and needs less of the network.",
  },
  {
    name: "readout",
    label: "Show connection speed",
    hint: "Round trip and bandwidth, in the toolbar.",
  },
];

const KEYBOARD: readonly Choice[] = [
  {
    name: "screenKeyboard",
    label: "Show a button for the on-screen keyboard",
    hint: "For devices without a keyboard of their own.",
  },
];

const MAC: Choice = {
  name: "commandIsControl",
  label: "Use Command as Control",
  hint: "Command and C copies, as Control and C does on other keyboards.",
};

/** Shown until the user is done with it, which is when the promise is kept. */
export async function askForPreferences(store: PreferenceStore, platform: Platform): Promise<void> {
  const keyboard = platform === "mac" ? [...KEYBOARD, MAC] : KEYBOARD;
  const dialog = element("dialog", { class: "dialog settings", "aria-labelledby": "settings" });
  const close = (): void => {
    leave(dialog);
  };
  const done = button({ label: "Done", class: "button primary", action: close });
  dialog.append(
    element("h2", { id: "settings" }, "Settings"),
    group(store, "Picture", PICTURE),
    group(store, "Keyboard", keyboard),
    element("p", { class: "hint" }, "Control, Alt, Shift and M lead from the application to the toolbar."),
    element("div", { class: "actions" }, done),
  );
  await showUntilClosed(dialog);
}

function group(store: PreferenceStore, name: string, choices: readonly Choice[]): HTMLElement {
  const rows = choices.map((choice) => row(store, choice));
  return element("fieldset", {}, element("legend", {}, name), ...rows);
}

function row(store: PreferenceStore, { name, label, hint }: Choice): HTMLElement {
  const id = `preference-${name}`;
  const box = element("input", { type: "checkbox", id, "aria-describedby": `${id}-hint` });
  box.checked = store.now[name];
  box.addEventListener("change", () => {
    store.change({ [name]: box.checked });
  });
  const text = element("label", { for: id }, label);
  const note = element("p", { class: "hint", id: `${id}-hint` }, hint);
  return element("div", { class: "preference" }, box, text, note);
}
