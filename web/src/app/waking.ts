/** When the page or the network may have been away. */

/** Calls `awake` whenever the page is shown again, its device has woken, or there is a network again. */
export function whenAwake(awake: () => void): void {
  for (const type of ["online", "pageshow"]) globalThis.addEventListener(type, awake);
  document.addEventListener("resume", awake);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") awake();
  });
}
