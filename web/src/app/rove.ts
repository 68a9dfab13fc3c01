/** Several controls that are one stop of the Tab key. */

const STEPS: ReadonlyMap<string, number> = new Map([
  ["ArrowRight", 1],
  ["ArrowDown", 1],
  ["ArrowLeft", -1],
  ["ArrowUp", -1],
]);

/**
 * Arrow keys, Home and End lead from one of the container's items to the next, those that are hidden
 * left out. What comes back is to be called when the items have changed.
 */
export function rove(container: HTMLElement, items: () => readonly HTMLElement[]): () => void {
  const shown = (): readonly HTMLElement[] => items().filter(({ hidden }) => !hidden);
  const stopAt = (stop: HTMLElement | undefined): void => {
    for (const item of items()) item.tabIndex = item === stop ? 0 : -1;
  };
  container.addEventListener("focusin", ({ target }) => {
    const item = shown().find((each) => each === target);
    if (item !== undefined) stopAt(item);
  });
  container.addEventListener("keydown", (event) => {
    const all = shown();
    const next = target(event, all);
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  });
  const refresh = (): void => {
    const all = shown();
    stopAt(all.find(({ tabIndex }) => tabIndex === 0) ?? all[0]);
  };
  refresh();
  return refresh;
}

/** The item that the key leads to; undefined if it leads nowhere. */
function target(event: KeyboardEvent, items: readonly HTMLElement[]): HTMLElement | undefined {
  if (event.key === "Home") return items[0];
  if (event.key === "End") return items.at(-1);
  const step = STEPS.get(event.key);
  const at = items.findIndex((item) => item === event.target);
  if (step === undefined || at < 0) return undefined;
  return items[(at + step + items.length) % items.length];
}
