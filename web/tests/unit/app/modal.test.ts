/** Dialogs: whoever leaves one has the keyboard before the next key. */

import { afterEach, expect, test } from "vitest";
import { element } from "../../../src/app/dom";
import { leave, whenClosed } from "../../../src/app/modal";

afterEach(() => {
  document.body.replaceChildren();
});

function dialogOf(closed: () => void): HTMLDialogElement {
  const dialog = element("dialog");
  // jsdom has no dialogs: it closes as the browser does, which tells of it in a task of its own.
  dialog.close = () => {
    dialog.removeAttribute("open");
  };
  whenClosed(dialog, closed);
  document.body.append(dialog);
  dialog.setAttribute("open", "");
  return dialog;
}

test("Escape is told before the browser tells that the dialog is closed", () => {
  let times = 0;
  const dialog = dialogOf(() => (times += 1));
  const escape = new Event("cancel", { cancelable: true });
  dialog.dispatchEvent(escape);
  expect([times, dialog.hasAttribute("open"), escape.defaultPrevented]).toEqual([1, false, true]);
});

test("a button that leaves it is told as early, and not of one that is closed", () => {
  let times = 0;
  const dialog = dialogOf(() => (times += 1));
  leave(dialog);
  leave(dialog);
  expect([times, dialog.hasAttribute("open")]).toEqual([1, false]);
});

test("a choice of files that is cancelled within it closes nothing", () => {
  let times = 0;
  const dialog = dialogOf(() => (times += 1));
  const field = element("input", { type: "file" });
  dialog.append(field);
  field.dispatchEvent(new Event("cancel", { bubbles: true }));
  expect([times, dialog.hasAttribute("open")]).toEqual([0, true]);
});
