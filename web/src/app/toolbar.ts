/** The bar above the stage: what runs, and what the user can do with the session. */

import { button, element, icon } from "./dom";
import type { IconName } from "./icons";
import mark from "./mark.svg";

export interface ToolbarEvents {
  catalog(): void;
  clipboard(): void;
  files(): void;
  end(): void;
  /** The user is done with a control that leaves the stage as it is. */
  done(): void;
}

/** Round trips up to which a session feels immediate, and bearable. */
const QUICK_MS = 60;
const BEARABLE_MS = 160;

export class Toolbar {
  readonly element: HTMLElement;
  private readonly title = element("span", { class: "title" });
  private readonly application = element("span", { class: "application" });
  private readonly latency = element("span", { class: "latency", hidden: "" });
  private readonly catalog: HTMLButtonElement;
  private readonly clipboard: HTMLButtonElement;
  private readonly files: HTMLButtonElement;
  private readonly feedback = feedbackLink();
  private readonly fullScreen: HTMLButtonElement;

  constructor(events: ToolbarEvents) {
    const tool = (label: string, name: IconName, action: () => void): HTMLButtonElement => {
      const made = button({ label, icon: name, class: "tool", action });
      made.title = label;
      return made;
    };
    this.catalog = tool("Catalog", "catalog", () => {
      events.catalog();
    });
    this.catalog.hidden = true;
    this.catalog.setAttribute("aria-expanded", "false");
    this.clipboard = tool("Clipboard", "clipboard", () => {
      events.clipboard();
    });
    this.clipboard.hidden = true;
    this.files = tool("My Files", "files", () => {
      events.files();
    });
    this.files.hidden = true;
    this.fullScreen = tool("Full screen", "expand", () => {
      void toggleFullScreen().finally(() => {
        events.done();
      });
    });
    this.fullScreen.hidden = !document.fullscreenEnabled;
    const end = tool("End session", "power", () => {
      events.end();
    });
    end.classList.add("end");
    const logo = element("img", { src: mark, alt: "", class: "mark", width: "22", height: "22" });
    const heading = element("div", { class: "heading" }, logo, this.title, this.application);
    const tools = element("div", { class: "tools" }, this.latency);
    tools.append(this.catalog, this.files, this.clipboard, this.feedback, this.fullScreen, end);
    const attributes = { class: "toolbar", role: "toolbar", "aria-label": "Session" };
    this.element = element("header", attributes, heading, tools);
    document.addEventListener("fullscreenchange", () => {
      this.showFullScreen(document.fullscreenElement !== null);
    });
  }

  name(title: string, application: string): void {
    this.title.textContent = title;
    this.application.textContent = application;
    document.title = application || title;
  }

  offerCatalog(): void {
    this.catalog.hidden = false;
  }

  /** Shows these controls, too, before all others. */
  add(controls: HTMLElement): void {
    this.latency.after(controls);
  }

  offerClipboard(isOffered: boolean): void {
    this.clipboard.hidden = !isOffered;
  }

  /** Shows the way to the user's files, or hides it. */
  offerFiles(isOffered: boolean): void {
    this.files.hidden = !isOffered;
  }

  /** Shows a link to this address of the web. */
  offerFeedback(address: string): void {
    this.feedback.href = address;
    this.feedback.hidden = false;
  }

  catalogIsOpen(isOpen: boolean): void {
    this.catalog.setAttribute("aria-expanded", String(isOpen));
  }

  /** Shows the round trip, or nothing with null. */
  measure(round_trip_ms: number | null): void {
    this.latency.hidden = round_trip_ms === null;
    if (round_trip_ms === null) return;
    const text = `${Math.max(1, Math.round(round_trip_ms))} ms`;
    this.latency.textContent = text;
    this.latency.title = `Round trip to the application: ${text}`;
    this.latency.dataset.grade = grade(round_trip_ms);
  }

  focus(): void {
    const first = ":is(a, button):not([hidden], [hidden] *, :disabled)";
    this.element.querySelector<HTMLElement>(first)?.focus();
  }

  private showFullScreen(isFull: boolean): void {
    const label = isFull ? "Leave full screen" : "Full screen";
    this.fullScreen.replaceChildren(...face(label, isFull ? "shrink" : "expand"));
    this.fullScreen.title = label;
  }
}

/** What a tool shows: its icon, and its label where there is room. */
function face(label: string, name: IconName): readonly Node[] {
  return [icon(name), element("span", { class: "label" }, label)];
}

function feedbackLink(): HTMLAnchorElement {
  const label = "Send feedback";
  const elsewhere = { target: "_blank", rel: "noopener noreferrer" };
  const attributes = { class: "tool", title: label, hidden: "", ...elsewhere };
  return element("a", attributes, ...face(label, "feedback"));
}

function grade(round_trip_ms: number): string {
  if (round_trip_ms <= QUICK_MS) return "quick";
  return round_trip_ms <= BEARABLE_MS ? "bearable" : "slow";
}

/** The Keyboard Lock API, where a browser has it. */
interface KeyboardLock {
  lock(): Promise<void>;
}

async function toggleFullScreen(): Promise<void> {
  if (document.fullscreenElement !== null) {
    await document.exitFullscreen();
    return;
  }
  await document.documentElement.requestFullscreen();
  // In full screen Escape and Alt+Tab are the application's; holding Escape still leaves.
  const { keyboard } = navigator as { keyboard?: KeyboardLock };
  await keyboard?.lock();
}
