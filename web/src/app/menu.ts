/** A popup that is a list of things to do. */

import { button } from "./dom";
import { Popup } from "./popup";
import { rove } from "./rove";

export interface MenuItem {
  readonly label: string;
  readonly action: () => void;
}

/** `left`: what was chosen has been done, or nothing was. */
export function menu(label: string, items: readonly MenuItem[], left: () => void): Popup {
  const popup = new Popup({ label, role: "menu", left });
  const entries = items.map(({ label: name, action }) => {
    const chosen = (): void => {
      popup.close();
      action();
      left();
    };
    const entry = button({ label: name, class: "entry", action: chosen });
    entry.setAttribute("role", "menuitem");
    return entry;
  });
  popup.element.append(...entries);
  rove(popup.element, () => entries);
  return popup;
}
