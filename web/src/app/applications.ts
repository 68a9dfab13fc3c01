/** Which applications there are, run and are awaited, and what the stage must therefore show. */

import type { Application, Welcome } from "../core/incoming";

export class Applications {
  readonly all: readonly Application[];
  readonly hasCatalog: boolean;
  running: readonly string[];
  /** The name of an application that is being started, or empty. */
  awaited: string;

  constructor(welcome: Welcome) {
    this.all = welcome.applications;
    this.hasCatalog = welcome.view === "APP";
    this.running = welcome.running;
    this.awaited = welcome.starting.at(-1) ?? "";
  }

  /** Whether the user can only choose: nothing runs and nothing is being started. */
  get mustChoose(): boolean {
    return this.hasCatalog && this.running.length === 0 && this.awaited === "";
  }

  /** The name to show for an awaited application while nothing else can be seen; or empty. */
  get starting(): string {
    return this.running.length === 0 && this.awaited !== "" ? this.displayName(this.awaited) : "";
  }

  /** The name to show for what was started last; or empty. */
  get latest(): string {
    return this.displayName(this.running.at(-1) ?? "");
  }

  run(running: readonly string[]): void {
    this.running = running;
    if (running.length > 0) this.awaited = "";
  }

  displayName(name: string): string {
    return this.all.find((application) => application.name === name)?.displayName ?? name;
  }
}
