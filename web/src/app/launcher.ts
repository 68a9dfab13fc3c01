/** Applications being started: the catalog, what was chosen from it, and the wait until it is seen. */

import type { Application, Welcome } from "../core/incoming";
import type { Cancel, Timers } from "../core/timers";
import { Applications } from "./applications";
import { Catalog } from "./catalog";
import type { Toasts } from "./toasts";

export interface LauncherOptions {
  readonly timers: Timers;
  readonly toasts: Toasts;
  readonly launch: (name: string) => void;
  /** What the page shows has changed. */
  readonly changed: () => void;
  /** The keyboard is the session's again. */
  readonly left: () => void;
}

/** An application that has not started by then will not; the user may choose again. */
const START_MS = 8000;

export class Launcher {
  readonly catalog: Catalog;
  applications: Applications | null = null;
  private readonly options: LauncherOptions;
  private cancelAwaiting: Cancel = () => undefined;
  private dismissStarting = (): void => undefined;

  constructor(options: LauncherOptions) {
    this.options = options;
    this.catalog = new Catalog({
      chosen: (application) => {
        this.launch(application);
      },
      closed: () => {
        this.catalog.hide();
        options.changed();
        options.left();
      },
    });
  }

  welcomed(welcome: Welcome): void {
    this.applications = new Applications(welcome);
    this.await(this.applications.awaited);
  }

  ran(running: readonly string[]): void {
    this.dismissStarting();
    const before = this.applications?.running.length ?? 0;
    this.applications?.run(running);
    if (running.length > before) {
      this.catalog.hide();
      this.options.left();
    }
    this.options.changed();
  }

  /** What was awaited will not come. */
  giveUp(): void {
    this.await("");
  }

  close(): void {
    this.cancelAwaiting();
  }

  toggleCatalog(): void {
    if (this.catalog.isOpen) this.catalog.hide();
    else this.catalog.open({ canClose: true });
    this.options.changed();
    if (!this.catalog.isOpen) this.options.left();
  }

  /** Brings the catalog in line with what runs. */
  render(): void {
    const { applications } = this;
    if (applications === null) return;
    this.catalog.show(applications.all, applications.running);
    if (applications.mustChoose) this.catalog.open({ canClose: false });
    else if (applications.starting !== "") this.catalog.hide();
  }

  private launch(application: Application): void {
    const { launch, toasts, changed, left } = this.options;
    this.catalog.hide();
    launch(application.name);
    left();
    // One that runs comes to the front at once: there is nothing to wait for.
    if (this.applications?.running.includes(application.name) === true) {
      changed();
      return;
    }
    if ((this.applications?.running.length ?? 0) > 0) {
      this.dismissStarting = toasts.notice(`Starting ${application.displayName}`);
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
    this.options.changed();
  }
}
