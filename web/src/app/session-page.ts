/** The page of a running session: toolbar, stage, catalog and messages around one stream. */

import { Clipboard } from "../core/clipboard";
import { deviceClipboard } from "../core/device";
import type { Application, End, Welcome } from "../core/incoming";
import type { CodecName } from "../core/outgoing";
import type { Socket } from "../core/connection";
import { Stream, type StreamEvents } from "../core/stream";
import type { Cancel, Timers } from "../core/timers";
import { Applications } from "./applications";
import { Catalog } from "./catalog";
import { ClipboardDialog } from "./clipboard-dialog";
import { confirm } from "./confirm";
import { ending, messageOf, showMessage, takenOver, webAddress } from "./message";
import { MyFiles } from "./my-files";
import { Refusal, Unreachable, type Service, type Session } from "./service";
import { SoundTools } from "./sound-tools";
import { Stage } from "./stage";
import { Toasts } from "./toasts";
import { Toolbar } from "./toolbar";
import { Veil, type VeilText } from "./veil";

export interface SessionPageOptions {
  readonly session: Session;
  readonly codecs: readonly CodecName[];
  readonly service: Service;
  readonly openSocket: () => Socket;
  readonly timers: Timers;
}

type Phase = "preparing" | "streaming" | "reconnecting";

const TAKEN_OVER = 4409;

/** An application that has not started by then will not; the user may choose again. */
const START_MS = 8000;

/** The stream itself says how the session ended; only if it is silent do we. */
const END_MS = 2000;

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

export class SessionPage {
  private readonly options: SessionPageOptions;
  private readonly toolbar: Toolbar;
  private readonly stage = new Stage();
  private readonly catalog: Catalog;
  private readonly clipboard = this.createClipboard();
  private readonly clipboardDialog = new ClipboardDialog(this.clipboard, () => {
    this.stage.focus();
  });
  private readonly toasts: Toasts;
  private readonly veil: Veil;
  private readonly sound: SoundTools;
  private readonly files: MyFiles;
  private readonly stream: Stream;
  private applications: Applications | null = null;
  private phase: Phase = "preparing";
  private hasPicture = false;
  private isOver = false;
  private cancelAwaiting: Cancel = () => undefined;
  private dismissStarting = (): void => undefined;

  constructor(options: SessionPageOptions) {
    this.options = options;
    const focus = (): void => {
      this.stage.focus();
    };
    this.toolbar = new Toolbar({
      catalog: () => {
        this.toggleCatalog();
      },
      clipboard: () => {
        this.clipboardDialog.open();
      },
      files: () => {
        this.files.open();
      },
      end: () => {
        void this.askToEnd();
      },
      done: focus,
    });
    this.catalog = new Catalog({
      chosen: (application) => {
        this.launch(application);
      },
      closed: () => {
        this.catalog.hide();
        this.render();
        focus();
      },
    });
    this.toasts = new Toasts(options.timers, focus);
    this.veil = new Veil(options.timers);
    this.sound = this.createSoundTools();
    this.files = this.createFiles();
    this.stream = this.createStream();
  }

  /** Shows the page and connects. */
  start(): void {
    this.stage.element.append(this.veil.element, this.catalog.element, this.toasts.element);
    document.body.replaceChildren(this.toolbar.element, this.stage.element);
    this.files.show();
    const feedback = webAddress(this.options.session.feedback);
    if (feedback !== "") this.toolbar.offerFeedback(feedback);
    this.render();
    this.stage.watch(this.options.timers, () => {
      this.stream.resize();
    });
    this.clipboard.listen(window);
    globalThis.addEventListener("online", () => {
      if (!this.isOver) this.stream.hurry();
    });
    this.stream.open();
    this.stage.focus();
  }

  private createStream(): Stream {
    return new Stream({
      ...this.options,
      screen: this.stage.screen,
      field: this.stage.field,
      viewport: () => this.stage.viewport(),
      features: [this.clipboard, this.files, this.sound.sound],
      paste: this.clipboard,
      events: this.streamEvents(),
    });
  }

  private createSoundTools(): SoundTools {
    const tools = new SoundTools({
      timers: this.options.timers,
      noticed: (text) => {
        this.toasts.notice(text);
      },
      done: () => {
        this.stage.focus();
      },
    });
    this.toolbar.add(tools.element);
    return tools;
  }

  private createClipboard(): Clipboard {
    return new Clipboard(deviceClipboard, {
      changed: () => {
        this.showClipboard();
      },
      refused: (message) => {
        if (this.clipboardDialog.isOpen) this.clipboardDialog.say(message);
        else this.toasts.notice(message);
      },
    });
  }

  private createFiles(): MyFiles {
    return new MyFiles(this.options.timers, {
      offered: (isOffered) => {
        this.toolbar.offerFiles(isOffered);
      },
      notice: (text) => {
        this.toasts.notice(text);
      },
      closed: () => {
        this.stage.focus();
      },
    });
  }

  private streamEvents(): StreamEvents {
    return {
      welcomed: (welcome) => {
        this.welcomed(welcome);
      },
      drawn: (count) => {
        this.drawn(count);
      },
      running: (running) => {
        this.ran(running);
      },
      measured: (round_trip_ms) => {
        this.toolbar.measure(round_trip_ms);
      },
      noticed: (notice) => {
        this.toasts.notice(notice.message);
        this.await("");
      },
      informed: (session) => {
        this.toasts.warn(session.warning);
      },
      lost: (attempt) => {
        this.lost(attempt);
      },
      ended: (end) => {
        this.end(end);
      },
      refused: (code) => {
        this.refused(code);
      },
      left: () => {
        this.toolbar.focus();
      },
    };
  }

  private welcomed(welcome: Welcome): void {
    this.phase = "streaming";
    this.applications = new Applications(welcome);
    this.await(this.applications.awaited);
  }

  private drawn(count: number): void {
    document.documentElement.dataset.frames = String(count);
    if (this.hasPicture) return;
    this.hasPicture = true;
    performance.mark("ownstream:first-frame");
    this.render();
  }

  private ran(running: readonly string[]): void {
    this.dismissStarting();
    const before = this.applications?.running.length ?? 0;
    this.applications?.run(running);
    if (running.length > before) {
      this.catalog.hide();
      this.stage.focus();
    }
    this.render();
  }

  private lost(attempt: number): void {
    if (this.phase === "streaming") this.phase = "reconnecting";
    this.toolbar.measure(null);
    this.render();
    // The first try may meet a moment's trouble; then there may be no session to come back to.
    if (attempt > 1) void this.checkSession();
  }

  /** Asks whether there still is a session; stops with the reason if not. */
  private async checkSession(): Promise<void> {
    try {
      await this.options.service.session();
    } catch (error) {
      if (error instanceof Unreachable) return;
      if (!(error instanceof Refusal && error.status < 500)) throw error;
      this.finish(() => {
        showMessage(messageOf(error));
      });
    }
  }

  private refused(code: number): void {
    if (code === TAKEN_OVER) {
      this.finish(() => {
        showMessage(takenOver);
      });
      return;
    }
    void this.checkSession().then(() => {
      this.end({ reason: "", message: "The service has closed the connection.", redirectUrl: "" });
    });
  }

  private end(end: End): void {
    this.finish(() => {
      showMessage(ending(end));
    });
  }

  private finish(show: () => void): void {
    if (this.isOver) return;
    this.isOver = true;
    this.cancelAwaiting();
    this.veil.show(null);
    this.stream.close();
    this.sound.sound.close();
    this.files.close();
    show();
  }

  private launch(application: Application): void {
    this.catalog.hide();
    this.stream.launch(application.name);
    this.stage.focus();
    // One that runs comes to the front at once: there is nothing to wait for.
    if (this.applications?.running.includes(application.name) === true) {
      this.render();
      return;
    }
    if ((this.applications?.running.length ?? 0) > 0) {
      this.dismissStarting = this.toasts.notice(`Starting ${application.displayName}`);
    }
    this.await(application.name);
  }

  /** Waits for an application to start, for none with an empty name. */
  private await(name: string): void {
    this.cancelAwaiting();
    if (this.applications !== null) this.applications.awaited = name;
    if (name !== "") {
      this.cancelAwaiting = this.options.timers.after(START_MS, () => {
        this.await("");
      });
    }
    this.render();
  }

  private toggleCatalog(): void {
    if (this.catalog.isOpen) this.catalog.hide();
    else this.catalog.open({ canClose: true });
    this.render();
    if (!this.catalog.isOpen) this.stage.focus();
  }

  private showClipboard(): void {
    const { into, out } = this.clipboard.limits;
    this.toolbar.offerClipboard(into > 0 || out > 0);
    this.clipboardDialog.show();
  }

  private async askToEnd(): Promise<void> {
    const isSure = await confirm({
      title: "End this session?",
      text: "Its applications are closed, and what has not been saved is lost.",
      yes: "End session",
      no: "Keep working",
    });
    if (isSure) await this.endByUser();
    else this.stage.focus();
  }

  private async endByUser(): Promise<void> {
    try {
      await this.options.service.end();
    } catch (error) {
      if (error instanceof Unreachable) {
        this.toasts.notice(`The session was not ended. ${error.message}`);
        return;
      }
      const message = messageOf(error);
      this.finish(() => {
        showMessage(message);
      });
    }
    this.options.timers.after(END_MS, () => {
      this.end({ reason: "ended_by_user", message: "", redirectUrl: "" });
    });
  }

  private render(): void {
    if (this.isOver) return;
    document.documentElement.dataset.state = this.phase;
    this.toolbar.name(this.options.session.title, this.applications?.latest ?? "");
    if (this.applications !== null) this.renderCatalog(this.applications);
    this.veil.show(this.veilText());
  }

  private renderCatalog(applications: Applications): void {
    if (applications.hasCatalog) this.toolbar.offerCatalog();
    this.catalog.show(applications.all, applications.running);
    if (applications.mustChoose) this.catalog.open({ canClose: false });
    else if (applications.starting !== "") this.catalog.hide();
    this.toolbar.catalogIsOpen(this.catalog.isOpen);
  }

  private veilText(): VeilText | null {
    if (this.phase === "reconnecting") return RECONNECTING;
    if (this.phase === "preparing") return PREPARING;
    const starting = this.applications?.starting ?? "";
    if (starting !== "") return { title: `Starting ${starting}`, detail: "This takes a moment." };
    return this.hasPicture || this.catalog.isOpen ? null : PREPARING;
  }
}
