/** The list of open windows: which there are, which has the keyboard, and what can be done with each. */

import { Windows, type OpenWindow } from "../core/windows";
import { button, element, iconButton } from "./dom";
import { Popup } from "./popup";
import { rove } from "./rove";

export class WindowList {
  readonly popup: Popup;
  readonly feature: Windows;
  private readonly rows = element("ul", { class: "windows" });
  private readonly nothing = element("p", { class: "nothing" }, "No window is open.");
  private readonly left: () => void;
  private readonly roveRows: () => void;

  /** `left`: the keyboard is the session's again. */
  constructor(left: () => void) {
    this.left = left;
    this.popup = new Popup({ label: "Windows", role: "dialog", left }, this.rows, this.nothing);
    this.feature = new Windows((windows) => {
      this.show(windows);
    });
    this.roveRows = rove(this.rows, () => [...this.rows.querySelectorAll<HTMLElement>(".entry")]);
  }

  private show(windows: readonly OpenWindow[]): void {
    const focused = this.controls().findIndex((control) => control === document.activeElement);
    this.rows.replaceChildren(...windows.map((window) => this.row(window)));
    this.nothing.hidden = windows.length > 0;
    this.roveRows();
    if (focused >= 0) (this.controls()[focused] ?? this.controls().at(-1))?.focus();
  }

  private row({ id, title, active, minimised }: OpenWindow): HTMLElement {
    const name = title || "Untitled";
    const shown = button({
      label: name,
      class: "entry",
      action: () => {
        this.popup.close();
        this.feature.show(id);
        this.left();
      },
    });
    if (active) shown.setAttribute("aria-current", "true");
    if (minimised) shown.append(element("span", { class: "note" }, "Minimised"));
    const minimise = iconButton({
      label: `Minimise ${name}`,
      icon: "minimise",
      action: () => {
        this.feature.minimise(id);
      },
    });
    minimise.disabled = minimised;
    const close = iconButton({
      label: `Close ${name}`,
      icon: "close",
      action: () => {
        this.feature.close(id);
      },
    });
    return element("li", {}, shown, minimise, close);
  }

  private controls(): readonly HTMLElement[] {
    return [...this.rows.querySelectorAll("button")];
  }
}
