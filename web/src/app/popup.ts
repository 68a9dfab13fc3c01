/** A panel below the toolbar that one of its tools opens, and anything else closes. */

import { element, type Child } from "./dom";

export interface PopupOptions {
  readonly label: string;
  readonly role: "menu" | "dialog";
  /** Called before it is shown. */
  readonly opened?: () => void;
  /** Escape has closed it: the keyboard should go back to where it was. */
  readonly left: () => void;
}

const MARGIN = 8;

export class Popup {
  readonly element: HTMLElement;
  private readonly options: PopupOptions;
  private tool: HTMLElement | null = null;

  constructor(options: PopupOptions, ...content: readonly Child[]) {
    this.options = options;
    const attributes = { class: "popup", role: options.role, "aria-label": options.label };
    this.element = element("div", { ...attributes, hidden: "" }, ...content);
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
      this.options.left();
    });
    document.addEventListener("pointerdown", ({ target }) => {
      if (target instanceof Node && this.isElsewhere(target)) this.close();
    });
    this.element.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && this.isElsewhere(relatedTarget)) this.close();
    });
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  /** Makes the button the one that opens and closes it. */
  belongTo(tool: HTMLElement): void {
    this.tool = tool;
    tool.setAttribute("aria-haspopup", this.options.role);
    tool.setAttribute("aria-expanded", "false");
  }

  toggle(): void {
    if (this.isOpen) {
      this.close();
      this.options.left();
    } else this.open();
  }

  close(): void {
    this.element.hidden = true;
    this.tool?.setAttribute("aria-expanded", "false");
  }

  private open(): void {
    this.options.opened?.();
    this.element.hidden = false;
    this.tool?.setAttribute("aria-expanded", "true");
    this.place();
    this.element.querySelector<HTMLElement>("[tabindex='0'], button")?.focus();
  }

  /** Below its tool, as far as the window reaches; at its edge if the tool cannot be seen. */
  private place(): void {
    const box = this.tool?.getBoundingClientRect();
    const room = document.documentElement.clientWidth - this.element.offsetWidth - MARGIN;
    const wanted = box === undefined || box.width === 0 ? room : box.left;
    this.element.style.left = `${Math.max(MARGIN, Math.min(wanted, room))}px`;
  }

  private isElsewhere(node: Node): boolean {
    return this.isOpen && !this.element.contains(node) && this.tool?.contains(node) !== true;
  }
}
