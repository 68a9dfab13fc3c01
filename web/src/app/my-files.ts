/** My Files in a session's page: the dialog, what is dropped on the page, and the uploads. */

import type { Feature } from "../core/feature";
import { httpFiles } from "../core/files";
import { asText, jsonBody } from "../core/json";
import { FromAgent } from "../core/tags";
import type { Timers } from "../core/timers";
import { Uploads, type Source } from "../core/uploads";
import { FilesDialog } from "./files-dialog";
import { FileDrop } from "./files-drop";
import { chosenSources, droppedSources } from "./files-sources";
import { filesText, homeNews, label } from "./files-texts";
import { ofSession } from "./service";

export interface MyFilesEvents {
  /** Whether the session has files for the user, as its stack says. */
  offered(isOffered: boolean): void;
  /** Something that the user should know and may not be looking at. */
  notice(text: string): void;
  closed(): void;
}

const UNREADABLE = "What you dropped cannot be read.";

export class MyFiles implements Feature {
  readonly name = "files";
  readonly tags: readonly number[] = [FromAgent.FILES];
  private readonly events: MyFilesEvents;
  private readonly uploads: Uploads;
  private readonly dialog: FilesDialog;
  private readonly closing = new AbortController();
  private mayUpload = false;
  private wasActive = false;
  private home = "";

  constructor(timers: Timers, events: MyFilesEvents) {
    this.events = events;
    const files = httpFiles(ofSession);
    this.uploads = new Uploads(files, timers, {
      changed: () => {
        this.changed();
      },
      arrived: () => {
        if (this.dialog.isOpen) void this.dialog.look();
      },
    });
    this.dialog = new FilesDialog({
      files,
      uploads: this.uploads,
      timers,
      chosen: (chosen) => {
        this.upload(chosenSources(chosen, this.dialog.folder));
      },
      closed: () => {
        events.closed();
      },
    });
  }

  /** Its parts are in the page, and what is dropped there is taken, until `close`. */
  show(): void {
    const { signal } = this.closing;
    document.body.append(this.dialog.element);
    this.takeDrops(document, signal);
    globalThis.addEventListener(
      "beforeunload",
      (event) => {
        if (this.uploads.isActive) event.preventDefault();
      },
      { signal },
    );
  }

  /** What is dropped on this document is taken, until the signal. */
  takeDrops(page: Document, signal: AbortSignal): void {
    const drop = new FileDrop({
      place: () => (this.mayUpload ? label(this.dialog.folder) : ""),
      dropped: (transfer) => {
        void this.take(transfer);
      },
    });
    drop.listen(page, signal);
  }

  open(): void {
    this.dialog.open();
  }

  /** The session is over. */
  close(): void {
    this.closing.abort();
    this.uploads.close();
    this.dialog.close();
    this.dialog.element.remove();
  }

  welcomed(greeting: Readonly<Record<string, unknown>>): void {
    const rights = { upload: greeting.upload === true, download: greeting.download === true };
    this.mayUpload = rights.upload;
    this.dialog.allow(rights);
    this.events.offered(rights.upload || rights.download);
    this.homeStands(asText(greeting.home));
    this.uploads.hurry();
  }

  hear(message: DataView<ArrayBuffer>): void {
    this.homeStands(asText(jsonBody(message).home));
  }

  lost(): void {
    // Uploads find out by themselves, and wait.
  }

  private homeStands(home: string): void {
    const news = homeNews(this.home, home);
    this.home = home;
    this.dialog.homeStands(home);
    if (news !== "") this.events.notice(news);
  }

  private async take(transfer: DataTransfer): Promise<void> {
    try {
      this.upload(await droppedSources(transfer, this.dialog.folder));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.events.notice(`${UNREADABLE} ${error.message}`);
    }
  }

  private upload(sources: readonly Source[]): void {
    this.uploads.add(sources);
    this.dialog.open();
  }

  private changed(): void {
    this.dialog.showTransfers();
    const isActive = this.uploads.isActive;
    if (this.wasActive && !isActive && !this.dialog.isOpen) this.tellEnd();
    this.wasActive = isActive;
  }

  private tellEnd(): void {
    const states = this.uploads.all.map(({ state }) => state);
    const done = states.filter((state) => state === "done").length;
    const failed = states.filter((state) => state === "failed").length;
    const text = `Uploaded ${filesText(done)}.`;
    this.events.notice(failed === 0 ? text : `${text} ${filesText(failed)} failed.`);
  }
}
