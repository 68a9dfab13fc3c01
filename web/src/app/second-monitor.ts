/** The session's second monitor: another window of the browser, and the tool that opens and closes it. */

import { isEmpty } from "../core/area";
import type { PageWindow } from "../core/device";
import type { Size } from "../core/incoming";
import type { Timers } from "../core/timers";
import { element } from "./dom";
import type { PreferenceStore } from "./preferences";
import { Stage } from "./stage";
import { themeOf, wear } from "./theme";
import type { Toasts } from "./toasts";
import { relabel, type Toolbar } from "./toolbar";
import { Veil, type VeilText } from "./veil";

export interface SecondMonitorOptions {
  readonly timers: Timers;
  readonly preferences: PreferenceStore;
  readonly toolbar: Toolbar;
  readonly toasts: Toasts;
  /** What the session is called. */
  readonly title: string;
  readonly events: SecondMonitorEvents;
}

export interface SecondMonitorEvents {
  /** This stage of this window is to show the second monitor, until the signal. */
  opened(stage: Stage, page: PageWindow, closed: AbortSignal): void;
  /** It can show another size now. */
  resized(): void;
  /** The keyboard is the first window's again. */
  left(): void;
}

const OPENING: VeilText = { title: "Opening the second monitor", detail: "This takes a moment." };

const BLOCKED =
  "The browser has blocked the second monitor\u2019s window. Allow pop-up windows for this site, then try again.";

interface Opened {
  readonly page: PageWindow;
  readonly stage: Stage;
  readonly veil: Veil;
  readonly closing: AbortController;
  /** Whether it has the page's styles, and so its size. */
  isReady: boolean;
}

export class SecondMonitor {
  private readonly options: SecondMonitorOptions;
  private readonly tool: HTMLButtonElement;
  private opened: Opened | null = null;
  private text: VeilText | null = null;

  constructor(options: SecondMonitorOptions) {
    this.options = options;
    this.tool = options.toolbar.add({
      place: "second-monitor",
      label: "Second monitor",
      icon: "monitors",
      action: () => {
        if (this.opened === null) this.open();
        else this.close();
      },
    });
    // A page that is loaded again knows nothing of the window.
    window.addEventListener("pagehide", () => {
      this.close();
    });
  }

  /** What its window can show, in device pixels; null while there is none. */
  get size(): Size | null {
    if (this.opened?.isReady !== true) return null;
    const { width, height } = this.opened.stage.viewport();
    return { width, height };
  }

  /** Puts its picture in its place. */
  fit(): void {
    this.opened?.stage.fit();
  }

  /** Shows this over its picture; nothing with null, as soon as there is a picture. */
  show(text: VeilText | null): void {
    this.text = text;
    if (this.opened === null) return;
    const { stage, veil } = this.opened;
    veil.show(text ?? (isEmpty(stage.screen.area) ? OPENING : null));
  }

  /** Something has been drawn, there perhaps. */
  drawn(): void {
    this.show(this.text);
  }

  /** Closes its window, if there is one. */
  close(): void {
    if (this.opened === null) return;
    const { page, closing } = this.opened;
    this.opened = null;
    closing.abort();
    page.close();
    relabel(this.tool, "Second monitor", "monitors");
    this.options.events.left();
  }

  private open(): void {
    const { preferences, timers, toasts, events } = this.options;
    events.left(); // the keyboard is the session's when the user comes back to this window
    const page = blankWindow();
    if (page === null) {
      toasts.notice(BLOCKED);
      return;
    }
    const stage = new Stage(preferences, page);
    const closing = new AbortController();
    const opened: Opened = { page, stage, veil: new Veil(timers), closing, isReady: false };
    this.opened = opened;
    relabel(this.tool, "Close second monitor", "oneMonitor");
    page.addEventListener("pagehide", () => {
      if (this.opened === opened) this.close();
    });
    void this.furnish(opened);
  }

  /** The window is as the page is, and then the session's. */
  private async furnish(opened: Opened): Promise<void> {
    const { page, stage, veil, closing } = opened;
    const { title, timers, events } = this.options;
    wear(page.document, themeOf(document));
    page.document.title = `${title}: second monitor`;
    page.document.documentElement.lang = document.documentElement.lang;
    stage.element.append(veil.element);
    page.document.body.append(stage.element);
    await dressed(page.document);
    if (closing.signal.aborted) return;
    opened.isReady = true;
    this.show(this.text);
    stage.watch(timers, () => {
      events.resized();
    });
    events.opened(stage, page, closing.signal);
    stage.focus();
  }
}

/** An empty window of this page's origin, about as large as its stage; null if it is blocked. */
function blankWindow(): PageWindow | null {
  const size = `width=${window.innerWidth},height=${window.innerHeight}`;
  const made = window.open("", "", `popup,${size}`);
  return made === null || made.closed ? null : made.document.defaultView;
}

/** The document has the page's icon, and its styles once the promise is kept. */
async function dressed(blank: Document): Promise<void> {
  const links = [...document.querySelectorAll<HTMLLinkElement>("head link")];
  const loads = links.map(async ({ rel, type, href }) => {
    const link = element("link", { rel, type, href });
    blank.head.append(link);
    if (rel !== "stylesheet") return;
    await new Promise((resolve) => {
      for (const event of ["load", "error"]) link.addEventListener(event, resolve);
    });
  });
  await Promise.all(loads);
}
