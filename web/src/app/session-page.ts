/** The page of a running session: toolbar, stage, catalog and messages around one stream. */

import type { Socket } from "../core/connection";
import { platformOf } from "../core/keyboard";
import type { CodecName } from "../core/outgoing";
import { Stream, type StreamEvents } from "../core/stream";
import type { Timers } from "../core/timers";
import type { Measures } from "../core/vitals";
import { webAddress } from "./addresses";
import type { Obedient, Withheld } from "./embedding";
import { Ending } from "./ending";
import { Extras } from "./extras";
import { addFullScreen } from "./full-screen";
import { keysMenu } from "./keys-menu";
import { Launcher } from "./launcher";
import type { PreferenceStore } from "./preferences";
import { Profile } from "./profile";
import { Readout } from "./readout";
import { addScreenKeyboard } from "./screen-keyboard";
import { SecondMonitor } from "./second-monitor";
import type { Service, Session } from "./service";
import { askForPreferences } from "./settings";
import { Stage } from "./stage";
import { Toasts } from "./toasts";
import { Toolbar, feedbackLink } from "./toolbar";
import { Veil, type VeilText } from "./veil";
import { whenAwake } from "./waking";
import { WindowList } from "./window-list";

export interface SessionPageOptions {
  readonly session: Session;
  readonly codecs: readonly CodecName[];
  readonly service: Service;
  readonly preferences: PreferenceStore;
  readonly openSocket: () => Socket;
  readonly timers: Timers;
}

type Phase = "preparing" | "streaming" | "reconnecting";

const PREPARING: VeilText = {
  title: "Preparing your session",
  detail: "This takes a moment.",
  patience: "A machine is being started for you. This can take a minute or two.",
};

const RECONNECTING: VeilText = {
  title: "Reconnecting",
  detail: "The connection was lost. Your applications are still running.",
  patience: "Still trying. Check your network; your applications are still running.",
  isSheer: true,
};

export class SessionPage implements Obedient {
  private readonly options: SessionPageOptions;
  private readonly stage: Stage;
  private readonly readout = new Readout();
  private readonly toolbar: Toolbar;
  private readonly windows: WindowList;
  private readonly extras: Extras;
  private readonly second: SecondMonitor;
  private readonly catalogTool: HTMLButtonElement;
  private readonly profile: Profile;
  private readonly toasts: Toasts;
  private readonly veil: Veil;
  private readonly launcher: Launcher;
  private readonly ending: Ending;
  private readonly stream: Stream;
  private phase: Phase = "preparing";
  private hasPicture = false;

  constructor(options: SessionPageOptions) {
    const { preferences, service, timers } = options;
    const focus = (): void => {
      this.stage.focus();
    };
    this.options = options;
    this.stage = new Stage(preferences);
    this.toolbar = new Toolbar(this.readout.element, focus);
    this.toasts = new Toasts(timers, focus);
    this.veil = new Veil(timers);
    this.windows = new WindowList(focus);
    this.extras = new Extras({ timers, toasts: this.toasts, toolbar: this.toolbar, left: focus });
    this.launcher = this.createLauncher(focus);
    const over = (): void => {
      this.close();
    };
    const feedback = webAddress(options.session.feedback);
    this.ending = new Ending({
      service,
      timers,
      feedback,
      portal: options.session.portal,
      toasts: this.toasts,
      over,
      left: focus,
    });
    this.profile = this.createProfile(focus);
    this.second = this.createSecondMonitor(focus);
    this.stream = this.createStream();
    if (feedback !== "") this.toolbar.put("feedback", feedbackLink(feedback));
    this.catalogTool = this.addTools(focus);
  }

  /** Shows the page and connects. */
  start(): void {
    const { timers, preferences } = this.options;
    this.stage.element.append(
      this.veil.element,
      this.launcher.catalog.element,
      this.toasts.element,
    );
    document.body.replaceChildren(this.toolbar.element, this.stage.element);
    this.extras.show();
    this.render();
    this.stage.watch(timers, () => {
      this.stream.resize();
    });
    preferences.follow(({ readout }) => {
      this.readout.want(readout);
      this.stage.fit();
      this.second.fit();
      this.stream.resize();
    });
    whenAwake(() => {
      if (!this.ending.isOver) this.stream.wake();
    });
    this.stream.open();
    this.stage.focus();
  }

  end(): void {
    void this.ending.endByUser();
  }

  launch(application: string): void {
    this.stream.launch(application);
  }

  switchWindows(): void {
    this.windows.popup.toggle();
  }

  withhold({ toolbar, end, places }: Withheld): void {
    this.toolbar.element.hidden = toolbar;
    this.toolbar.withhold(places);
    this.profile.offerEnd(!end);
    this.stream.resize();
  }

  private createStream(): Stream {
    const { options, stage, extras } = this;
    return new Stream({
      ...options,
      first: stage,
      view: () => ({ ...stage.viewport(), second: this.second.size }),
      features: [this.windows.feature, ...extras.features],
      paste: extras.clipboard,
      commandIsControl: () => options.preferences.now.commandIsControl,
      events: this.streamEvents(),
    });
  }

  private createSecondMonitor(left: () => void): SecondMonitor {
    const { toolbar, toasts } = this;
    const { timers, preferences, session } = this.options;
    return new SecondMonitor({
      timers,
      preferences,
      toolbar,
      toasts,
      title: session.title,
      events: {
        opened: (stage, page, closed) => {
          stage.field.inputMode = this.stage.field.inputMode;
          this.extras.extend(page, closed);
          this.stream.extend(stage, closed);
        },
        resized: () => {
          this.stream.resize();
        },
        left,
      },
    });
  }

  private createLauncher(left: () => void): Launcher {
    return new Launcher({
      timers: this.options.timers,
      toasts: this.toasts,
      launch: (name) => {
        this.stream.launch(name);
      },
      changed: () => {
        this.render();
      },
      left,
    });
  }

  private createProfile(left: () => void): Profile {
    return new Profile({
      session: this.options.session,
      picture: () => this.stage.screen.canvas,
      end: () => {
        void this.ending.ask();
      },
      left,
    });
  }

  /** The toolbar is complete; what comes back is the tool for the catalog. */
  private addTools(focus: () => void): HTMLButtonElement {
    const { toolbar } = this;
    const { preferences } = this.options;
    const send = (keysyms: readonly number[]): void => {
      this.stream.chord(keysyms);
    };
    toolbar.addPopup({ place: "windows", label: "Windows", icon: "windows" }, this.windows.popup);
    toolbar.addPopup({ place: "keys", label: "Send keys", icon: "keys" }, keysMenu(send, focus));
    toolbar.addPopup({ place: "profile", label: "Profile", icon: "person" }, this.profile.popup);
    addScreenKeyboard(toolbar, this.stage, preferences);
    addFullScreen(toolbar, focus);
    toolbar.add({
      place: "settings",
      label: "Settings",
      icon: "settings",
      action: () => {
        void askForPreferences(preferences, platformOf(navigator.platform)).then(focus);
      },
    });
    const catalog = toolbar.add({
      place: "catalog",
      label: "Catalog",
      icon: "catalog",
      action: () => {
        this.launcher.toggleCatalog();
      },
    });
    catalog.hidden = true;
    return catalog;
  }

  private streamEvents(): StreamEvents {
    return {
      welcomed: (welcome) => {
        this.phase = "streaming";
        this.launcher.welcomed(welcome);
      },
      drawn: (count) => {
        this.drawn(count);
      },
      running: (running) => {
        this.launcher.ran(running);
      },
      measured: (measures) => {
        this.measure(measures);
      },
      noticed: (notice) => {
        this.toasts.notice(notice.message);
        this.launcher.giveUp();
      },
      informed: (session) => {
        this.toasts.warn(session);
      },
      lost: (attempt) => {
        this.lost(attempt);
      },
      ended: (end) => {
        this.ending.end(end);
      },
      refused: (code) => {
        this.ending.refused(code);
      },
      left: () => {
        window.focus(); // it may have been the second monitor's
        this.toolbar.focus();
      },
    };
  }

  private drawn(count: number): void {
    document.documentElement.dataset.frames = String(count);
    this.second.drawn();
    if (this.hasPicture) return;
    this.hasPicture = true;
    performance.mark("ownstream:first-frame");
    this.render();
  }

  private measure(measures: Measures | null): void {
    this.readout.show(measures);
    this.profile.measure(measures);
  }

  private lost(attempt: number): void {
    if (this.phase === "streaming") this.phase = "reconnecting";
    this.measure(null);
    this.render();
    // The first try may meet a moment's trouble; then there may be no session to come back to.
    if (attempt > 1) void this.ending.check();
  }

  private close(): void {
    this.second.close();
    this.launcher.close();
    this.veil.show(null);
    this.stream.close();
    this.extras.close();
  }

  private render(): void {
    if (this.ending.isOver) return;
    const { launcher, toolbar, catalogTool } = this;
    document.documentElement.dataset.state = this.phase;
    launcher.render();
    toolbar.name(this.options.session.title, launcher.applications?.latest ?? "");
    if (launcher.applications?.hasCatalog === true) catalogTool.hidden = false;
    catalogTool.setAttribute("aria-expanded", String(launcher.catalog.isOpen));
    const text = this.veilText();
    this.veil.show(text);
    this.second.show(text);
  }

  private veilText(): VeilText | null {
    if (this.phase === "reconnecting") return RECONNECTING;
    if (this.phase === "preparing") return PREPARING;
    const starting = this.launcher.applications?.starting ?? "";
    if (starting !== "") return { title: `Starting ${starting}`, detail: "This takes a moment." };
    return this.hasPicture || this.launcher.catalog.isOpen ? null : PREPARING;
  }
}
