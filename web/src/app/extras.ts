/** What a session's page has beside picture and input: clipboard, files and sound, with their tools. */

import { Clipboard } from "../core/clipboard";
import { deviceClipboard, type PageWindow } from "../core/device";
import type { Feature } from "../core/feature";
import type { Timers } from "../core/timers";
import { ClipboardDialog } from "./clipboard-dialog";
import { MyFiles } from "./my-files";
import { SoundTools } from "./sound-tools";
import type { Toasts } from "./toasts";
import type { Toolbar } from "./toolbar";

export interface ExtrasOptions {
  readonly timers: Timers;
  readonly toasts: Toasts;
  readonly toolbar: Toolbar;
  /** The user is done with one of them. */
  readonly left: () => void;
}

export class Extras {
  readonly clipboard = this.createClipboard();
  readonly features: readonly Feature[];
  private readonly options: ExtrasOptions;
  private readonly dialog: ClipboardDialog;
  private readonly files: MyFiles;
  private readonly sound: SoundTools;
  private readonly filesTool: HTMLButtonElement;
  private readonly clipboardTool: HTMLButtonElement;
  /** The windows of the page. */
  private pages: readonly PageWindow[] = [window];

  constructor(options: ExtrasOptions) {
    const { timers, toolbar, left } = options;
    const noticed = (text: string): void => {
      options.toasts.notice(text);
    };
    this.options = options;
    this.dialog = new ClipboardDialog(this.clipboard, left);
    this.files = new MyFiles(timers, {
      offered: (isOffered) => {
        this.filesTool.hidden = !isOffered;
      },
      notice: noticed,
      closed: left,
    });
    this.sound = new SoundTools({ timers, noticed, done: left });
    this.features = [this.clipboard, this.files, this.sound.sound];
    this.filesTool = toolbar.add({
      place: "files",
      label: "My Files",
      icon: "files",
      action: () => {
        this.files.open();
      },
    });
    this.clipboardTool = toolbar.add({
      place: "clipboard",
      label: "Clipboard",
      icon: "clipboard",
      action: () => {
        this.dialog.open();
      },
    });
    this.filesTool.hidden = this.clipboardTool.hidden = true;
    toolbar.put("sound", this.sound.element);
  }

  /** They are in the page, and take what comes from the user's device, until `close`. */
  show(): void {
    this.files.show();
    this.clipboard.listen(window);
  }

  /** This window of the page is one of its places, too, until the signal. */
  extend(page: PageWindow, closed: AbortSignal): void {
    this.pages = [window, page];
    this.files.takeDrops(page.document, closed);
    this.clipboard.listen(page);
    closed.addEventListener("abort", () => {
      this.pages = [window];
    });
  }

  close(): void {
    this.sound.sound.close();
    this.files.close();
  }

  private createClipboard(): Clipboard {
    const focused = (): PageWindow =>
      this.pages.find(({ document: page }) => page.hasFocus()) ?? window;
    return new Clipboard(deviceClipboard(focused), {
      changed: () => {
        const { into, out } = this.clipboard.limits;
        this.clipboardTool.hidden = into === 0 && out === 0;
        this.dialog.show();
      },
      refused: (message) => {
        if (this.dialog.isOpen) this.dialog.say(message);
        else this.options.toasts.notice(message);
      },
    });
  }
}
