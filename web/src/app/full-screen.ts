/** Full screen, in which keys that are otherwise the browser's are the application's. */

import { relabel, type Toolbar } from "./toolbar";

/** The Keyboard Lock API, where a browser has it. */
interface KeyboardLock {
  lock(): Promise<void>;
}

/** Adds the tool, if the browser has a full screen; `left`: the keyboard is the session's again. */
export function addFullScreen(toolbar: Toolbar, left: () => void): void {
  if (!document.fullscreenEnabled) return;
  const tool = toolbar.add({
    place: "full-screen",
    label: "Full screen",
    icon: "expand",
    action: () => {
      void toggle().finally(left);
    },
  });
  document.addEventListener("fullscreenchange", () => {
    if (document.fullscreenElement === null) relabel(tool, "Full screen", "expand");
    else relabel(tool, "Leave full screen", "shrink");
  });
}

async function toggle(): Promise<void> {
  if (document.fullscreenElement !== null) {
    await document.exitFullscreen();
    return;
  }
  await document.documentElement.requestFullscreen();
  // Escape and Alt+Tab are the application's then; holding Escape still leaves.
  const { keyboard } = navigator as { keyboard?: KeyboardLock };
  await keyboard?.lock();
}
