/**
 * AppStream's embedding API, for the pages of others: `new AppStream.Embed(id, options)` shows a
 * session in a frame, hides parts of its interface, and tells what becomes of it.
 *
 * Built as one classic script, so everything is inside one function: a page's globals are its own.
 */

import type { FromHost, ToHost } from "../app/embedding-messages";

(() => {
  type Details = Readonly<Record<string, unknown>>;
  type Listener = (data: Details) => void;

  const Events = {
    SESSION_STATE_CHANGE: "SESSION_STATE_CHANGE",
    SESSION_INTERFACE_STATE_CHANGE: "SESSION_INTERFACE_STATE_CHANGE",
    SESSION_ERROR: "SESSION_ERROR",
  } as const;

  const SessionStatus = {
    Unknown: "Unknown",
    Reserved: "Reserved",
    Started: "Started",
    Disconnected: "Disconnected",
    Ended: "Ended",
  } as const;

  const Options = { HIDDEN_ELEMENTS: "HIDDEN_ELEMENTS" } as const;

  const names = [
    "TOOLBAR",
    "FULLSCREEN_BUTTON",
    "END_SESSION_BUTTON",
    "CATALOG_BUTTON",
    "WINDOW_SWITCHER_BUTTON",
    "FILES_BUTTON",
    "CLIPBOARD_BUTTON",
    "COPY_LOCAL_BUTTON",
    "PASTE_REMOTE_BUTTON",
    "SETTINGS_BUTTON",
    "STREAMING_MODE_BUTTON",
    "SCREEN_RESOLUTION_BUTTON",
    "REGIONAL_SETTINGS_BUTTON",
  ];
  const Elements = Object.fromEntries(names.map((name) => [name, name]));

  // The last one is asked for where the service is in the user's own network.
  const ALLOWED =
    "autoplay; clipboard-read; clipboard-write; fullscreen; microphone; local-network-access";

  interface EmbedOptions {
    readonly sessionURL: string;
    readonly userInterfaceConfig?: Readonly<Record<string, readonly string[]>>;
  }

  class Embed {
    static readonly Events = Events;
    static readonly SessionStatus = SessionStatus;
    static readonly Options = Options;
    static readonly Elements = Elements;

    private readonly frame: HTMLIFrameElement;
    private readonly origin: string;
    private readonly hidden: readonly string[];
    private readonly listeners = new Map<string, Set<Listener>>();
    private session: Details = { sessionStatus: SessionStatus.Unknown };
    private interface: Details;

    /** Puts the session of this streaming URL into the element of this id. */
    constructor(containerId: string, options: EmbedOptions) {
      const container = document.getElementById(containerId);
      if (container === null) throw new Error(`There is no element with the id ${containerId}.`);
      this.origin = new URL(options.sessionURL).origin;
      this.hidden = options.userInterfaceConfig?.[Options.HIDDEN_ELEMENTS] ?? [];
      this.interface = { hiddenElements: this.hidden, isFullscreen: false };
      this.frame = document.createElement("iframe");
      this.frame.allow = ALLOWED;
      this.frame.title = "Streaming session";
      Object.assign(this.frame.style, { border: "0", width: "100%", height: "100%" });
      window.addEventListener("message", this.hear);
      this.frame.src = options.sessionURL;
      container.append(this.frame);
    }

    endSession(): void {
      this.say({ ownstream: "endSession" });
    }

    launchApp(appId: string): void {
      this.say({ ownstream: "launchApp", application: appId });
    }

    launchAppSwitcher(): void {
      this.say({ ownstream: "launchAppSwitcher" });
    }

    getSessionState(): Details {
      return this.session;
    }

    getUserInterfaceState(): Details {
      return this.interface;
    }

    addEventListener(name: string, callback: Listener): void {
      const listeners = this.listeners.get(name) ?? new Set();
      this.listeners.set(name, listeners.add(callback));
    }

    removeEventListener(name: string, callback: Listener): void {
      this.listeners.get(name)?.delete(callback);
    }

    /** Takes the frame away; the session goes on. */
    destroy(): void {
      window.removeEventListener("message", this.hear);
      this.listeners.clear();
      this.frame.remove();
    }

    /** What the frame's page says; anybody may post a message, so it is looked at who did. */
    private readonly hear = ({ source, origin, data }: MessageEvent<ToHost | null>): void => {
      if (source !== this.frame.contentWindow || origin !== this.origin) return;
      switch (data?.ownstream) {
        case "ready":
          this.say({ ownstream: "hello", hidden: this.hidden });
          break;
        case "session":
          this.session = data.state;
          this.tell(Events.SESSION_STATE_CHANGE, data.state);
          break;
        case "interface":
          this.interface = data.state;
          this.tell(Events.SESSION_INTERFACE_STATE_CHANGE, data.state);
          break;
        case "error":
          this.tell(Events.SESSION_ERROR, data.state);
          break;
        case undefined:
          break;
      }
    };

    private say(message: FromHost): void {
      this.frame.contentWindow?.postMessage(message, this.origin);
    }

    private tell(name: string, data: Details): void {
      for (const listener of this.listeners.get(name) ?? []) listener(data);
    }
  }

  Object.assign(window, { AppStream: { Embed } });
})();
