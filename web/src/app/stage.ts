/** The place where the remote screen is shown, and the hidden field that takes the keyboard. */

import type { PageWindow } from "../core/device";
import type { Monitor } from "../core/monitors";
import type { Viewport } from "../core/outgoing";
import { Screen } from "../core/screen";
import type { Timers } from "../core/timers";
import { viewportOf, watchSize } from "../core/viewport";
import { element } from "./dom";
import type { PreferenceStore } from "./preferences";

const HINT = "The application takes the keyboard. Press Control, Alt, Shift and M for the toolbar.";

export class Stage implements Monitor {
  readonly element: HTMLElement;
  readonly screen: Screen;
  readonly field: HTMLTextAreaElement;

  private readonly preferences: PreferenceStore;
  private readonly page: PageWindow;

  /** For this window of the page. */
  constructor(preferences: PreferenceStore, page: PageWindow = window) {
    this.preferences = preferences;
    this.page = page;
    const canvas = element("canvas", { class: "picture", width: "2", height: "2" });
    this.screen = new Screen(page.document.adoptNode(canvas));
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
    return viewportOf({ width, height }, this.preferences.now.isSharp ? this.page.devicePixelRatio : 1);
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
    this.screen.fit({ width, height }, this.page.devicePixelRatio);
  }
}
