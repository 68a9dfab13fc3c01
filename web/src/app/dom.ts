/** Elements made from values; text is only ever text. */

import { iconPaths, type IconName } from "./icons";

export type Child = Node | string;

export interface Attributes {
  readonly class?: string;
  readonly [name: string]: string | undefined;
}

const SVG = "http://www.w3.org/2000/svg";

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** Those of the children that are there. */
export function present(...children: readonly (Child | null)[]): readonly Child[] {
  return children.filter((child) => child !== null);
}

export interface ButtonOptions {
  readonly label: string;
  readonly icon?: IconName;
  readonly class?: string;
  readonly action: () => void;
}

export function button(options: ButtonOptions): HTMLButtonElement {
  const label = element("span", { class: "label" }, options.label);
  const made = element("button", { type: "button", class: options.class ?? "button" }, label);
  if (options.icon !== undefined) made.prepend(icon(options.icon));
  made.addEventListener("click", options.action);
  return made;
}

/** A button that shows its icon alone. */
export function iconButton(options: ButtonOptions & { readonly icon: IconName }): HTMLButtonElement {
  const made = button({ ...options, class: options.class ?? "icon-button" });
  made.querySelector(".label")?.classList.add("unseen");
  made.title = options.label;
  return made;
}

export function icon(name: IconName): SVGSVGElement {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  for (const path of iconPaths[name]) {
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", path);
    drawing.append(line);
  }
  return drawing;
}
