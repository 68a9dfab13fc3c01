/** A question that must be answered before anything else. */

import { button, element } from "./dom";
import { leave, showUntilClosed } from "./modal";

export interface Question {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly no: string;
}

/** Whether the answer is yes; closing the dialog is a no. */
export async function confirm(question: Question): Promise<boolean> {
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": "question" });
  const answer = (value: string) => () => {
    leave(dialog, value);
  };
  const actions = element(
    "div",
    { class: "actions" },
    button({ label: question.no, action: answer("no") }),
    button({ label: question.yes, class: "button danger", action: answer("yes") }),
  );
  const title = element("h2", { id: "question" }, question.title);
  dialog.append(title, element("p", {}, question.text), actions);
  await showUntilClosed(dialog);
  return dialog.returnValue === "yes";
}
