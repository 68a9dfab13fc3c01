/** The catalog: the applications that can be started, and which of them run. */

import type { Application } from "../core/incoming";
import { element, icon, iconButton, present } from "./dom";
import { linksOf, logoOf, themeOf } from "./theme";

export interface CatalogEvents {
  chosen(application: Application): void;
  closed(): void;
}

/** From this many applications on they can be searched. */
const MANY = 9;

export class Catalog {
  readonly element: HTMLElement;
  private readonly events: CatalogEvents;
  private readonly tiles = element("ul", { class: "tiles" });
  private readonly search = element("input", {
    type: "search",
    placeholder: "Search applications",
    "aria-label": "Search applications",
  });
  private readonly searchBox: HTMLElement;
  private readonly nothing = element("p", { class: "nothing" });
  private readonly close: HTMLElement;
  private applications: readonly Application[] = [];
  private running: readonly string[] = [];

  constructor(events: CatalogEvents) {
    this.events = events;
    this.close = iconButton({
      label: "Close catalog",
      icon: "close",
      action: () => {
        events.closed();
      },
    });
    this.searchBox = element("label", { class: "search" }, icon("search"), this.search);
    const title = element("h1", {}, "Catalog");
    const head = element("header", {}, title, this.searchBox, this.close);
    const theme = themeOf(document);
    const content = present(logoOf(theme), head, this.tiles, this.nothing, linksOf(theme));
    const panel = element("div", { class: "panel" }, ...content);
    const attributes = { class: "catalog", role: "dialog", "aria-label": "Catalog", hidden: "" };
    this.element = element("section", attributes, panel);
    this.listen();
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  /** What can be started, and what runs by name. */
  show(applications: readonly Application[], running: readonly string[]): void {
    if (applications === this.applications && running === this.running) return;
    this.applications = applications;
    this.running = running;
    this.render();
  }

  open(options: { readonly canClose: boolean }): void {
    this.close.hidden = !options.canClose;
    this.element.classList.toggle("alone", !options.canClose);
    if (this.isOpen) return;
    this.search.value = "";
    this.element.hidden = false;
    this.render();
    this.focusFirst();
  }

  hide(): void {
    this.element.hidden = true;
  }

  private listen(): void {
    this.search.addEventListener("input", () => {
      this.render();
    });
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.close.hidden) this.events.closed();
    });
    this.element.addEventListener("click", (event) => {
      if (event.target === this.element && !this.close.hidden) this.events.closed();
    });
  }

  private focusFirst(): void {
    const first = this.tiles.querySelector("button");
    if (this.searchBox.hidden) first?.focus();
    else this.search.focus();
  }

  private render(): void {
    this.searchBox.hidden = this.applications.length < MANY;
    const found = matching(this.applications, this.search.value);
    const focused = [...this.tiles.children].findIndex((tile) => tile.matches(":focus-within"));
    this.tiles.replaceChildren(...found.map((application) => this.tile(application)));
    this.tiles.children[focused]?.querySelector("button")?.focus();
    this.nothing.hidden = found.length > 0;
    this.nothing.textContent =
      this.applications.length === 0
        ? "There are no applications for you here. Ask whoever gave you the link."
        : "No application matches.";
  }

  private tile(application: Application): HTMLElement {
    const isRunning = this.running.includes(application.name);
    const name = element("span", { class: "name" }, application.displayName);
    const tile = element("button", { type: "button", class: "tile" }, picture(application), name);
    tile.title = application.description;
    if (isRunning) tile.append(element("span", { class: "running" }, "Running"));
    tile.addEventListener("click", () => {
      this.events.chosen(application);
    });
    return element("li", {}, tile);
  }
}

/** Applications whose name or description has the text in it, in their own order. */
export function matching(
  applications: readonly Application[],
  text: string,
): readonly Application[] {
  const wanted = text.trim().toLowerCase();
  return applications.filter(({ displayName, description }) =>
    `${displayName} ${description}`.toLowerCase().includes(wanted),
  );
}

/** The application's icon, or its first letter where there is none or it does not load. */
function picture(application: Application): HTMLElement {
  const letter = element(
    "span",
    { class: "letter", "aria-hidden": "true" },
    application.displayName.slice(0, 1).toUpperCase(),
  );
  if (!/^\/(?!\/)/.test(application.icon)) return letter;
  const image = element("img", { src: application.icon, alt: "", width: "48", height: "48" });
  image.addEventListener("error", () => {
    image.replaceWith(letter);
  });
  return image;
}
