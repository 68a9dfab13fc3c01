/** The button for the keyboard on the screen, which a tap on the picture would open each time. */

import type { PreferenceStore } from "./preferences";
import type { Stage } from "./stage";
import type { Toolbar } from "./toolbar";

export function addScreenKeyboard(
  toolbar: Toolbar,
  { field }: Pick<Stage, "field">,
  preferences: PreferenceStore,
): void {
  const show = (isShown: boolean): void => {
    // Browsers look at the mode when the field gets the focus.
    field.blur();
    field.inputMode = isShown ? "text" : "none";
    tool.setAttribute("aria-pressed", String(isShown));
    field.focus({ preventScroll: true });
  };
  const tool = toolbar.add({
    place: "keyboard",
    label: "On-screen keyboard",
    icon: "keyboard",
    action: () => {
      show(field.inputMode !== "text");
    },
  });
  tool.setAttribute("aria-pressed", "false");
  preferences.follow(({ screenKeyboard }) => {
    tool.hidden = !screenKeyboard;
    // Without the button the browser decides by itself.
    field.inputMode = screenKeyboard ? "none" : "";
    tool.setAttribute("aria-pressed", "false");
  });
}
