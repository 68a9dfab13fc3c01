/** A question whose answer is a name. */

import { button, element } from "./dom";
import { leave, showUntilClosed } from "./modal";

export interface NameQuestion {
  readonly title: string;
  readonly label: string;
  readonly value: string;
  readonly yes: string;
}

/** The name, or null if the user gives none. */
export async function askName(question: NameQuestion): Promise<string | null> {
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": "name-question" });
  const field = element("input", { type: "text", class: "text-field", required: "" });
  field.value = question.value;
  const cancel = button({
    label: "Cancel",
    action: () => {
      leave(dialog, "");
    },
  });
  const yes = element("button", { class: "button primary" }, question.yes);
  const label = element("label", { class: "field-label" }, question.label, field);
  const actions = element("div", { class: "actions" }, cancel, yes);
  const form = element("form", {}, label, actions);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    leave(dialog, "yes");
  });
  dialog.append(element("h2", { id: "name-question" }, question.title), form);
  const closed = showUntilClosed(dialog);
  selectStem(field);
  await closed;
  const name = field.value.trim();
  return dialog.returnValue === "yes" && name !== "" ? name : null;
}

/** What is typed replaces the name, not its ending. */
function selectStem(field: HTMLInputElement): void {
  const dot = field.value.lastIndexOf(".");
  field.focus();
  field.setSelectionRange(0, dot > 0 ? dot : field.value.length);
}
