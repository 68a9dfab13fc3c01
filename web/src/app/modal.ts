/** Dialogs that stand over the page, and give the keyboard back at once when the user leaves them. */

/**
 * Closes the dialog, and tells of it at once.
 *
 * The browser's own event comes a moment late: a key that follows closely, as one typed with haste
 * does, would be lost to the button that the focus falls back to.
 */
export function leave(dialog: HTMLDialogElement, answer?: string): void {
  if (!dialog.open) return;
  dialog.close(answer);
  dialog.dispatchEvent(new Event("close"));
}

/** Calls `closed` as soon as the dialog has closed, and perhaps once more. */
export function whenClosed(dialog: HTMLDialogElement, closed: () => void): void {
  dialog.addEventListener("cancel", (event) => {
    if (event.target !== dialog) return; // choosing a file within it can be cancelled, too
    event.preventDefault();
    leave(dialog);
  });
  dialog.addEventListener("close", closed);
}

/** Shows the dialog, and takes it away again; the promise is kept once the user is done with it. */
export async function showUntilClosed(dialog: HTMLDialogElement): Promise<void> {
  document.body.append(dialog);
  dialog.showModal();
  await new Promise<void>((resolve) => {
    whenClosed(dialog, resolve);
  });
  dialog.remove();
}
