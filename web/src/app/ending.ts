/** How the session ends for this page: by its user, by the service, or because it cannot be had. */

import { Unreachable } from "../core/asking";
import type { End } from "../core/incoming";
import type { Timers } from "../core/timers";
import { confirm } from "./confirm";
import { ending, messageOf, showMessage, takenOver, type Message } from "./message";
import { Refusal, type Service } from "./service";
import type { Toasts } from "./toasts";

export interface EndingOptions {
  readonly service: Service;
  readonly timers: Timers;
  readonly toasts: Toasts;
  /** Where the user can say what they think of the session; empty for nowhere. */
  readonly feedback: string;
  /** The page that the user came from, or empty. */
  readonly portal: string;
  /** Nothing of the session is to be shown any more. */
  readonly over: () => void;
  /** The user stays, and the keyboard is the session's again. */
  readonly left: () => void;
}

const TAKEN_OVER = 4409;

/** The stream itself says how the session ended; only if it is silent do we. */
const END_MS = 2000;

export class Ending {
  private readonly options: EndingOptions;
  private isChecking = false;
  isOver = false;

  constructor(options: EndingOptions) {
    this.options = options;
  }

  /** The service has said that this is the end. */
  end(end: End): void {
    this.finish(ending(end));
  }

  /** The service does not want this browser back. */
  refused(code: number): void {
    if (code === TAKEN_OVER) {
      this.finish(takenOver);
      return;
    }
    void this.check().then(() => {
      this.end({ reason: "", message: "The service has closed the connection.", redirectUrl: "" });
    });
  }

  /** Asks whether there still is a session; stops with the reason if not. */
  async check(): Promise<void> {
    if (this.isChecking) return;
    this.isChecking = true;
    try {
      await this.options.service.session();
    } catch (error) {
      if (error instanceof Unreachable) return;
      if (!(error instanceof Refusal && error.status < 500)) throw error;
      this.finish(messageOf(error));
    } finally {
      this.isChecking = false;
    }
  }

  /** Asks the user, and ends the session if they are sure. */
  async ask(): Promise<void> {
    const isSure = await confirm({
      title: "End this session?",
      text: "Its applications are closed, and what has not been saved is lost.",
      yes: "End session",
      no: "Keep working",
    });
    if (isSure) await this.endByUser();
    else this.options.left();
  }

  /** Ends the session. */
  async endByUser(): Promise<void> {
    const { service, timers, toasts } = this.options;
    try {
      await service.end();
    } catch (error) {
      if (error instanceof Unreachable) {
        toasts.notice(`The session was not ended. ${error.message}`);
        return;
      }
      this.finish(messageOf(error));
    }
    timers.after(END_MS, () => {
      // The service's answer to the question says more, if there is one.
      void this.check().then(() => {
        this.end({ reason: "ended_by_user", message: "", redirectUrl: "" });
      });
    });
  }

  private finish(message: Message): void {
    if (this.isOver) return;
    this.isOver = true;
    this.options.over();
    const { feedback, portal } = this.options;
    showMessage(message.state === "ended" ? { ...message, feedback, portal } : message);
  }
}
