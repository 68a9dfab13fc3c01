/** The place where the remote screen is shown, and the hidden field that takes the keyboard. */

import type { Viewport } from "../core/outgoing";
import { Screen } from "../core/screen";
import type { Timers } from "../core/timers";
import { viewportOf, watchSize } from "../core/viewport";
import { element } from "./dom";
import type { PreferenceStore } from "./preferences";

const HINT = "The application takes the keyboard. Press Control, Alt, Shift and M for the toolbar.";

export class Stage {
  readonly element: HTMLElement;
  readonly screen: Screen;
  readonly field: HTMLTextAreaElement;

  private readonly preferences: PreferenceStore;

  constructor(preferences: PreferenceStore) {
    this.preferences = preferences;
    const canvas = element("canvas", { class: "picture", width: "2", height: "2" });
    this.screen = new Screen(canvas);
    this.field = element("textarea", {
      class: "field",
      autocapitalize: "off",
      autocomplete: "off",
      autocorrect: "off",
      spellcheck: "false",
      "aria-label": HINT,
    });
    this.element = element("main", { class: "stage" }, canvas, this.field);
  }

  viewport(): Viewport {
    const { width, height } = this.element.getBoundingClientRect();
    return viewportOf({ width, height }, this.preferences.now.isSharp ? devicePixelRatio : 1);
  }

  /** Keeps the picture in its place, and calls `settled` when the stage has another size. */
  watch(timers: Timers, settled: () => void): void {
    watchSize(this.element, timers, {
      changed: () => {
        this.fit();
      },
      settled,
    });
  }

  focus(): void {
    this.field.focus({ preventScroll: true });
  }

  /** Puts the picture in its place. */
  fit(): void {
    const { width, height } = this.element.getBoundingClientRect();
    this.screen.fit({ width, height }, devicePixelRatio);
  }
}
