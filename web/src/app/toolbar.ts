/** The bar above the stage: what runs, how well, and what the user can do with the session. */

import { button, element, icon } from "./dom";
import type { IconName } from "./icons";
import mark from "./mark.svg";
import { Popup } from "./popup";
import { rove } from "./rove";
import { logoOf, nameTab, themeOf } from "./theme";

/** Where a tool stands, from left to right. */
export const PLACES = [
  "windows",
  "catalog",
  "files",
  "clipboard",
  "sound",
  "microphone",
  "keyboard",
  "keys",
  "settings",
  "feedback",
  "second-monitor",
  "full-screen",
  "profile",
] as const;

export type Place = (typeof PLACES)[number];

export interface Tool {
  readonly place: Place;
  readonly label: string;
  readonly icon: IconName;
  readonly action: () => void;
}

/** CSS pixels that the name of the session keeps when the tools need room. */
const HEADING_LEAST = 96;
const PADDING = 24;

export class Toolbar {
  readonly element: HTMLElement;
  private readonly title = element("span", { class: "title" });
  private readonly application = element("span", { class: "application" });
  private readonly tools = element("div", {
    class: "tools",
    role: "toolbar",
    "aria-label": "Session",
  });
  private readonly placed = new Map<Place, HTMLElement>();
  private readonly rest: Popup;
  private readonly more: HTMLButtonElement;
  private readonly readout: HTMLElement;
  private readonly roveTools: () => void;
  private readonly roveRest: () => void;
  private inBar: readonly HTMLElement[] = [];
  private withheld: ReadonlySet<Place> = new Set();

  /** `left`: the user is done with the toolbar. */
  constructor(readout: HTMLElement, left: () => void) {
    this.readout = readout;
    this.rest = new Popup({ label: "More tools", role: "menu", left });
    this.more = toolButton("More", "more", () => {
      this.rest.toggle();
    });
    this.rest.belongTo(this.more);
    this.rest.element.addEventListener("click", () => {
      this.rest.close();
    });
    const logo = logoOf(themeOf(document)) ?? ownMark();
    const heading = element("div", { class: "heading" }, logo, this.title, this.application);
    const content = [heading, readout, this.tools, this.rest.element];
    this.element = element("header", { class: "toolbar" }, ...content);
    this.roveTools = rove(this.tools, () => [...this.inBar, this.more]);
    this.roveRest = rove(this.rest.element, () => childrenOf(this.rest.element));
    this.listen(left);
  }

  /** A button for the tool, which may be hidden while it makes no sense. */
  add({ place, label, icon: name, action }: Tool): HTMLButtonElement {
    return this.put(place, toolButton(label, name, action));
  }

  /** A tool that opens and closes this popup. */
  addPopup(tool: Omit<Tool, "action">, popup: Popup): HTMLButtonElement {
    const made = this.add({
      ...tool,
      action: () => {
        popup.toggle();
      },
    });
    popup.belongTo(made);
    this.element.append(popup.element);
    return made;
  }

  /** Puts an element, which looks like a tool, in its place. */
  put<T extends HTMLElement>(place: Place, tool: T): T {
    this.placed.set(place, tool);
    this.fit();
    return tool;
  }

  /** Tools in these places are not shown, whatever comes. */
  withhold(places: ReadonlySet<Place>): void {
    this.withheld = places;
    this.fit();
  }

  name(title: string, application: string): void {
    this.title.textContent = title;
    this.application.textContent = application;
    nameTab(application || title);
  }

  focus(): void {
    // A tool that is hidden now may have been the one to stop at.
    this.tools.querySelector<HTMLElement>("[tabindex='0']:not([hidden])")?.focus();
  }

  private listen(left: () => void): void {
    this.tools.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") left();
    });
    new ResizeObserver(() => {
      this.fit();
    }).observe(this.element);
    // Whoever has added a tool shows and hides it.
    new MutationObserver(() => {
      this.fit();
    }).observe(this.element, { subtree: true, attributeFilter: ["hidden"] });
  }

  /** Tools that the bar has no room for go to the menu at its end. */
  private fit(): void {
    const places = PLACES.filter((place) => !this.withheld.has(place));
    const tools = places.flatMap((place) => this.placed.get(place) ?? []);
    const shown = tools.filter(({ hidden }) => !hidden);
    const room = this.element.clientWidth - PADDING - HEADING_LEAST - this.readout.offsetWidth;
    const kept = new Set(shown.slice(0, keptTools(shown.length, room, this.toolWidth())));
    const isAll = kept.size === shown.length;
    // Setting what is set already would be observed, too, without end.
    if (this.more.hidden !== isAll) this.more.hidden = isAll;
    const rest = shown.filter((tool) => !kept.has(tool));
    arrange(this.tools, [...tools.filter((tool) => !rest.includes(tool)), this.more]);
    arrange(this.rest.element, rest);
    for (const tool of rest) tool.setAttribute("role", "menuitem");
    for (const tool of kept) tool.removeAttribute("role");
    this.inBar = [...kept];
    this.roveTools();
    this.roveRest();
  }

  private toolWidth(): number {
    return Number.parseFloat(getComputedStyle(this.element).getPropertyValue("--tool"));
  }
}

/** How many of so many tools stay in a bar that has so much room; the last place is the menu's. */
export function keptTools(count: number, room: number, width: number): number {
  const places = Math.floor(room / width);
  return count <= places || Number.isNaN(places) ? count : Math.max(0, places - 1);
}

/** Shows another label and icon on the tool. */
export function relabel(tool: HTMLElement, label: string, name: IconName): void {
  tool.replaceChildren(...face(label, name));
}

/** What a tool shows: its icon, and its label when it is pointed at. */
function face(label: string, name: IconName): readonly Node[] {
  return [icon(name), element("span", { class: "label" }, label)];
}

/** A tool that opens this address of the web beside the session. */
export function feedbackLink(href: string): HTMLAnchorElement {
  const elsewhere = { href, target: "_blank", rel: "noopener noreferrer" };
  return element("a", { class: "tool", ...elsewhere }, ...face("Send feedback", "feedback"));
}

function ownMark(): HTMLImageElement {
  return element("img", { src: mark, alt: "", class: "mark", width: "22", height: "22" });
}

function toolButton(label: string, name: IconName, action: () => void): HTMLButtonElement {
  return button({ label, icon: name, class: "tool", action });
}

/** Moves nothing that is in its place, for what is moved loses the focus. */
function arrange(parent: HTMLElement, children: readonly HTMLElement[]): void {
  const before = childrenOf(parent);
  const isSame = before.length === children.length && before.every((each, i) => each === children[i]);
  if (!isSame) parent.replaceChildren(...children);
}

function childrenOf(parent: HTMLElement): readonly HTMLElement[] {
  return [...parent.children].filter((child) => child instanceof HTMLElement);
}
