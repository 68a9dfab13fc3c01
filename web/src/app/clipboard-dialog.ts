/**
 * The session's clipboard for looking at: to copy from and to paste into, by hand, where the browser
 * does not let the page do it by itself.
 */

import type { Clipboard } from "../core/clipboard";
import { text, transferred } from "../core/content";
import { button, element } from "./dom";
import { leave, whenClosed } from "./modal";

/** A longer text makes a text box slow; it can be copied all the same. */
const LONGEST_SHOWN = 200_000;

const COPIED = "This device\u2019s clipboard has it now.";
const SENT = "The session\u2019s clipboard has it now. Paste it in the application.";
const BY_HAND = "The browser does not allow that. Copy what is shown here by hand.";

export class ClipboardDialog {
  private readonly clipboard: Clipboard;
  private readonly dialog: HTMLDialogElement;
  private readonly hint = element("p", { id: "clipboard-hint" });
  private readonly box = element("textarea", {
    class: "clipboard-text",
    spellcheck: "false",
    "aria-label": "Text on the session\u2019s clipboard",
    "aria-describedby": "clipboard-hint",
  });
  private readonly picture = element("img", {
    class: "clipboard-picture",
    alt: "Picture on the session\u2019s clipboard",
    hidden: "",
  });
  private readonly status = element("p", { class: "clipboard-status", role: "status" });
  private readonly copyButton: HTMLButtonElement;
  private readonly sendButton: HTMLButtonElement;
  /** What the box had when it was last filled: what differs has been written by the user. */
  private filled = "";

  /** `closed` is called when the user is done with it. */
  constructor(clipboard: Clipboard, closed: () => void) {
    this.clipboard = clipboard;
    this.copyButton = button({
      label: "Copy to this device",
      action: () => void this.copy(),
    });
    this.sendButton = button({
      label: "Send to the session",
      class: "button primary",
      action: () => void this.sendText(),
    });
    this.dialog = this.built();
    whenClosed(this.dialog, () => {
      this.dialog.remove();
      this.showPicture(null);
      closed();
    });
    this.box.addEventListener("input", () => {
      this.enable();
    });
    this.box.addEventListener("paste", (event) => {
      void this.paste(event);
    });
  }

  get isOpen(): boolean {
    return this.dialog.open;
  }

  open(): void {
    document.body.append(this.dialog);
    this.say("");
    this.dialog.showModal();
    this.fill();
    this.box.focus();
    this.box.select();
    this.clipboard.refresh();
  }

  /** What the clipboard has now, or allows now, is shown; what the user has written stays. */
  show(): void {
    if (this.isOpen && this.box.value === this.filled) this.fill();
  }

  say(message: string): void {
    this.status.textContent = message;
  }

  private built(): HTMLDialogElement {
    const close = button({
      label: "Close",
      action: () => {
        leave(this.dialog);
      },
    });
    const title = element("h2", { id: "clipboard-title" }, "Clipboard");
    const actions = element("div", { class: "actions" }, close, this.copyButton, this.sendButton);
    const attributes = { class: "dialog clipboard", "aria-labelledby": "clipboard-title" };
    const parts = [title, this.hint, this.box, this.picture, this.status, actions];
    return element("dialog", attributes, ...parts);
  }

  private fill(): void {
    const { content, limits } = this.clipboard;
    const shown = content?.type === "text/plain" ? content.text : "";
    const isShort = shown.length <= LONGEST_SHOWN;
    this.box.value = isShort ? shown : "";
    this.filled = this.box.value; // as the browser has it, with line ends of its own
    this.box.readOnly = limits.into === 0;
    this.box.placeholder = limits.into > 0 ? "Paste or write here" : "";
    this.showPicture(content?.type === "image/png" ? content.bytes : null);
    this.hint.textContent = hint(limits.into > 0, limits.out > 0);
    if (!isShort) this.say(`A text of ${shown.length.toLocaleString("en")} characters, not shown.`);
    this.enable();
  }

  private enable(): void {
    const { content, limits } = this.clipboard;
    this.copyButton.hidden = limits.out === 0;
    this.copyButton.disabled = content === null;
    this.sendButton.hidden = limits.into === 0;
    this.sendButton.disabled = this.box.value === "";
  }

  /** Shows it below the box, which is then small; nothing with null. */
  private showPicture(bytes: Uint8Array<ArrayBuffer> | null): void {
    URL.revokeObjectURL(this.picture.src);
    this.picture.removeAttribute("src");
    this.picture.hidden = bytes === null;
    this.box.rows = bytes === null ? 7 : 2;
    if (bytes !== null) {
      this.picture.src = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
    }
  }

  private async copy(): Promise<void> {
    const isCopied = await this.clipboard.copyOut();
    this.say(isCopied ? COPIED : BY_HAND);
    if (!isCopied) this.box.select();
  }

  private async sendText(): Promise<void> {
    this.filled = this.box.value;
    if (await this.clipboard.put(text(this.box.value))) this.say(SENT);
  }

  /** A text is pasted into the box, for the user to see and to send; a picture is sent at once. */
  private async paste(event: ClipboardEvent): Promise<void> {
    const data = event.clipboardData;
    if (data?.getData("text/plain") !== "" || this.box.readOnly) return;
    event.preventDefault();
    const content = await transferred(data);
    if (content !== null && (await this.clipboard.put(content))) this.say(SENT);
  }
}

function hint(into: boolean, out: boolean): string {
  const out_of = out
    ? "What is copied in the session is shown here."
    : "What is copied in the session cannot leave it.";
  const in_to = into
    ? "What you paste here can be sent to the session."
    : "Nothing can be copied into the session.";
  return `${out_of} ${in_to}`;
}
