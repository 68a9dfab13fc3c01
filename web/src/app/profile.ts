/** Who the user is, how the connection does, and the way out. */

import type { Size } from "../core/incoming";
import type { Measures } from "../core/vitals";
import { button, element } from "./dom";
import { Popup } from "./popup";
import { megabits, milliseconds } from "./readout";
import type { Session } from "./service";

export interface ProfileOptions {
  readonly session: Session;
  /** The size of the picture now. */
  readonly picture: () => Size;
  readonly end: () => void;
  /** The keyboard is the session's again. */
  readonly left: () => void;
}

const UNKNOWN = "Not measured yet";

export class Profile {
  readonly popup: Popup;
  private readonly options: ProfileOptions;
  private readonly details = element("dl");
  private readonly end: HTMLButtonElement;
  private measures: Measures | null = null;

  constructor(options: ProfileOptions) {
    this.options = options;
    this.end = button({
      label: "End session",
      class: "button danger",
      action: () => {
        this.popup.close();
        options.end();
      },
    });
    const { user } = options.session;
    const content = [element("h2", {}, user), this.details, this.end];
    const opened = (): void => {
      this.render();
    };
    this.popup = new Popup({ label: "Profile", role: "dialog", opened, left: options.left }, ...content);
    this.popup.element.classList.add("profile");
  }

  /** Whether users can end the session here. */
  offerEnd(isOffered: boolean): void {
    this.end.hidden = !isOffered;
  }

  /** Shows these measures; null while there is no connection. */
  measure(measures: Measures | null): void {
    this.measures = measures;
    if (this.popup.isOpen) this.render();
  }

  private render(): void {
    const { session, picture } = this.options;
    const { width, height } = picture();
    const { round_trip_ms, bits_per_s, response_ms } = this.measures ?? {};
    const rows = [
      ["Stack", session.stack],
      ["Fleet", session.fleet],
      ["Picture", `${width} × ${height}`],
      ["Round trip", said(round_trip_ms, milliseconds)],
      ["Input to picture", said(response_ms, milliseconds)],
      ["Bandwidth used", said(bits_per_s, megabits)],
    ] as const;
    this.details.replaceChildren(
      ...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
    );
  }
}

function said(value: number | null | undefined, text: (value: number) => string): string {
  return value === null || value === undefined ? UNKNOWN : text(value);
}
