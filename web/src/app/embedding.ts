/**
 * The page as part of another page, which it obeys and tells what becomes of the session.
 *
 * Who may frame the page is the service's to decide, by the stack's EmbedHostDomains: browsers show
 * it in no other frame. So what the frame's parent says is said by whom the stack trusts.
 */

import { asList, asRecord, asText } from "../core/json";
import type { ErrorState, InterfaceState, SessionState, ToHost } from "./embedding-messages";
import type { Place } from "./toolbar";

/** What the session's page can be told to do. */
export interface Obedient {
  end(): void;
  launch(application: string): void;
  switchWindows(): void;
  withhold(parts: Withheld): void;
}

/** What the host does not want to be seen. */
export interface Withheld {
  readonly toolbar: boolean;
  readonly end: boolean;
  readonly places: ReadonlySet<Place>;
}

/** AppStream's names of buttons that there are here; it has others, for what is not here. */
const BUTTONS: ReadonlyMap<string, Place> = new Map([
  ["FULLSCREEN_BUTTON", "full-screen"],
  ["CATALOG_BUTTON", "catalog"],
  ["WINDOW_SWITCHER_BUTTON", "windows"],
  ["FILES_BUTTON", "files"],
  ["CLIPBOARD_BUTTON", "clipboard"],
  ["SETTINGS_BUTTON", "settings"],
]);

const STATUSES: ReadonlyMap<string, SessionState["sessionStatus"]> = new Map([
  ["preparing", "Reserved"],
  ["streaming", "Started"],
  ["reconnecting", "Disconnected"],
  ["ended", "Ended"],
]);

export class Embedding {
  private page: Obedient | null = null;
  private host = "";
  private hidden: readonly string[] = [];
  private told = "";

  constructor() {
    if (window.parent === window) return;
    window.addEventListener("message", (event) => {
      if (event.source === window.parent) this.hear(event.origin, asRecord(event.data));
    });
    new MutationObserver(() => {
      this.tellSession();
    }).observe(document.documentElement, { attributeFilter: ["data-state"] });
    document.addEventListener("fullscreenchange", () => {
      this.tellInterface();
    });
    // Nothing is said to whoever this is but that there is somebody to say hello to.
    this.say({ ownstream: "ready" }, "*");
  }

  /** From now on this page does as the host says, and as it has said. */
  serve(page: Obedient): void {
    this.page = page;
    this.withhold();
  }

  private hear(origin: string, said: Record<string, unknown>): void {
    switch (said.ownstream) {
      case "hello":
        this.host = origin;
        this.hidden = asList(said.hidden).map(asText);
        this.withhold();
        this.tellInterface();
        this.tellSession();
        break;
      case "endSession":
        this.page?.end();
        break;
      case "launchApp":
        this.page?.launch(asText(said.application));
        break;
      case "launchAppSwitcher":
        this.page?.switchWindows();
        break;
      default:
    }
  }

  private withhold(): void {
    this.page?.withhold({
      toolbar: this.hidden.includes("TOOLBAR"),
      end: this.hidden.includes("END_SESSION_BUTTON"),
      places: new Set(this.hidden.flatMap((name) => BUTTONS.get(name) ?? [])),
    });
  }

  private tellSession(): void {
    const { state = "", reason = "" } = document.documentElement.dataset;
    if (state === this.told || this.host === "") return;
    this.told = state;
    if (state === "error") this.tellError();
    const sessionStatus = STATUSES.get(state) ?? "Unknown";
    const session: SessionState = {
      sessionStatus,
      sessionTerminationReason: sessionStatus === "Ended" ? reason : "",
      sessionDisconnectionReason: sessionStatus === "Disconnected" ? "connection_lost" : "",
    };
    this.say({ ownstream: "session", state: { ...session } });
  }

  private tellError(): void {
    const { status = "0" } = document.documentElement.dataset;
    const errorMessage = document.querySelector("h1")?.textContent ?? "";
    const error: ErrorState = { errorCode: Number(status), errorMessage };
    this.say({ ownstream: "error", state: { ...error } });
  }

  private tellInterface(): void {
    const state: InterfaceState = {
      hiddenElements: this.hidden,
      isFullscreen: document.fullscreenElement !== null,
      isSoftKeyboardVisible: false,
    };
    if (this.host !== "") this.say({ ownstream: "interface", state: { ...state } });
  }

  private say(message: ToHost, to = this.host): void {
    window.parent.postMessage(message, to);
  }
}
