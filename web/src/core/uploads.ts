/** Files on their way into the session: a few at a time, cut and gone on with, until each is there. */

import { Unreachable } from "./asking";
import { FilesRefusal, type Arrival, type Files, type Known, type Path } from "./files";
import type { Cancel, Timers } from "./timers";

/** What is to be uploaded: a file, or a folder with null. */
export interface Source {
  readonly path: Path;
  /** How many names of the path are there already. */
  readonly base: number;
  readonly file: File | null;
}

export type UploadState = "waiting" | "moving" | "paused" | "done" | "failed" | "cancelled";

export interface UploadsEvents {
  /** An upload has been added, has moved on, or has ended. */
  changed(): void;
  /** All of it is there, under `name`. */
  arrived(upload: Upload): void;
}

/** One file or folder on its way. */
export class Upload {
  readonly source: Source;
  state: UploadState = "waiting";
  sent_bytes = 0;
  /** Why it is paused or has failed. */
  message = "";
  /** What it is called in the session; another name than its own if that was taken. */
  name: string;
  readonly closing = new AbortController();

  constructor(source: Source) {
    this.source = source;
    this.name = source.path.at(-1) ?? "";
  }

  get size_bytes(): number {
    return this.source.file?.size ?? 0;
  }

  isOver(): boolean {
    return this.state === "done" || this.state === "failed" || this.state === "cancelled";
  }
}

const AT_ONCE = 3;

/** A piece: what is sent by one request. The browser reads it from the disk as it goes. */
export const PIECE_BYTES = 32 * 1024 * 1024;

/** A smaller file is sent unasked: to be told afterwards that it is there costs no more. */
const ASKED_ABOUT_BYTES = 1024 * 1024;

const RETRY_DELAYS_MS = [500, 1000, 2000, 4000, 8000] as const;
const LONGEST_DELAY_MS = 15_000;
/** A connection on which nothing has moved for so long is taken for cut. */
const STALLED_MS = 60_000;

/** Refusals that are gone a moment later. */
const PASSING: readonly string[] = ["busy", "no_answer", "not_ready", "gone", "failed"];
const MOST_TRIES = 8;

const UNREADABLE = "The file can no longer be read on this computer.";
const REFUSED = "Another part of the file is wanted again and again.";

export class Uploads {
  private readonly files: Files;
  private readonly timers: Timers;
  private readonly events: UploadsEvents;
  private readonly folders = new Map<string, Promise<void>>();
  private readonly pauses = new Set<() => void>();
  private moving = 0;
  private uploads: readonly Upload[] = [];

  constructor(files: Files, timers: Timers, events: UploadsEvents) {
    this.files = files;
    this.timers = timers;
    this.events = events;
  }

  /** All that were added and not forgotten, in order. */
  get all(): readonly Upload[] {
    return this.uploads;
  }

  get isActive(): boolean {
    return this.uploads.some((upload) => !upload.isOver());
  }

  add(sources: readonly Source[]): void {
    if (!this.isActive) this.folders.clear();
    this.uploads = [...this.uploads, ...sources.map((source) => new Upload(source))];
    this.startWaiting();
    this.events.changed();
  }

  /** The upload ends, and what has arrived of it is dropped. */
  cancel(upload: Upload): void {
    if (upload.isOver()) return;
    this.end(upload, "cancelled");
    upload.closing.abort();
    if (upload.source.file === null) return;
    // If the service cannot be told, what has arrived goes with the session.
    this.files.cancel(known(upload)).catch(() => undefined);
  }

  /** Forgets those that are over. */
  clear(): void {
    this.uploads = this.uploads.filter((upload) => !upload.isOver());
    this.events.changed();
  }

  /** Goes on with what is paused, for the connection seems to be there again. */
  hurry(): void {
    for (const wake of [...this.pauses]) wake();
  }

  /** Nothing is sent any more; what has arrived stays, to be gone on with. */
  close(): void {
    for (const upload of this.uploads) {
      if (upload.isOver()) continue;
      this.end(upload, "cancelled");
      upload.closing.abort();
    }
  }

  private startWaiting(): void {
    for (const upload of this.uploads) {
      if (this.moving >= AT_ONCE) return;
      if (upload.state !== "waiting") continue;
      upload.state = "moving";
      this.moving += 1;
      void this.run(upload).finally(() => {
        this.moving -= 1;
        this.startWaiting();
        this.events.changed();
      });
    }
  }

  /** Tries until the upload is over. */
  private async run(upload: Upload): Promise<void> {
    let tries = 0;
    let before = 0;
    while (!upload.isOver()) {
      try {
        await this.move(upload, tries > 0);
        return;
      } catch (error) {
        if (upload.isOver()) return;
        tries = upload.sent_bytes > before ? 1 : tries + 1;
        before = upload.sent_bytes;
        const reason = await this.finalReason(upload, error, tries);
        if (reason !== null) {
          this.end(upload, "failed", reason);
          return;
        }
        await this.pause(upload, tries, error);
      }
    }
  }

  /** Why trying again is of no use; null if it may be. */
  private async finalReason(upload: Upload, error: unknown, tries: number): Promise<string | null> {
    if (error instanceof FilesRefusal) {
      const isPassing = PASSING.includes(error.code) && tries < MOST_TRIES;
      return isPassing ? null : error.message;
    }
    if (!(error instanceof Unreachable)) throw error;
    return (await isReadable(upload.source.file)) ? null : UNREADABLE;
  }

  private async pause(upload: Upload, tries: number, error: unknown): Promise<void> {
    upload.state = "paused";
    upload.message = error instanceof Error ? error.message : "";
    this.events.changed();
    await new Promise<void>((resolve) => {
      let cancel: Cancel = () => undefined;
      const wake = (): void => {
        cancel();
        this.pauses.delete(wake);
        resolve();
      };
      this.pauses.add(wake);
      upload.closing.signal.addEventListener("abort", wake);
      cancel = this.timers.after(RETRY_DELAYS_MS[tries - 1] ?? LONGEST_DELAY_MS, wake);
    });
    if (upload.isOver()) return;
    upload.state = "moving";
    upload.message = "";
    this.events.changed();
  }

  private async move(upload: Upload, isRetry: boolean): Promise<void> {
    const { path, base, file } = upload.source;
    await this.makeFolders(path, base, file === null ? path.length : path.length - 1);
    if (file === null) {
      this.end(upload, "done");
      return;
    }
    const isAsked = isRetry || file.size > ASKED_ABOUT_BYTES;
    let arrival = isAsked ? await this.files.arrived(known(upload)) : { offset: 0, name: null };
    let wrong = 0;
    while (arrival.name === null) {
      const { offset } = arrival;
      upload.sent_bytes = offset;
      arrival = await this.send(upload, file, offset);
      wrong = arrival.name === null && arrival.offset <= offset ? wrong + 1 : 0;
      if (wrong > MOST_TRIES) throw new FilesRefusal(409, { error: "wrong", message: REFUSED });
      if (upload.isOver()) return;
    }
    upload.name = arrival.name;
    upload.sent_bytes = file.size;
    this.end(upload, "done");
  }

  /** Sends one piece; answers where to go on. */
  private async send(upload: Upload, file: File, offset: number): Promise<Arrival> {
    const closing = new AbortController();
    const abort = (): void => {
      closing.abort();
    };
    let cancel = this.timers.after(STALLED_MS, abort);
    const sent = (bytes: number): void => {
      cancel();
      cancel = this.timers.after(STALLED_MS, abort);
      upload.sent_bytes = Math.min(file.size, offset + bytes);
      this.events.changed();
    };
    upload.closing.signal.addEventListener("abort", abort);
    try {
      const piece = file.slice(offset, offset + PIECE_BYTES);
      return await this.files.send(known(upload), offset, piece, { sent, signal: closing.signal });
    } catch (error) {
      if (error instanceof FilesRefusal && error.offset !== null) {
        return { offset: error.offset, name: null };
      }
      throw error;
    } finally {
      cancel();
      upload.closing.signal.removeEventListener("abort", abort);
    }
  }

  /** Makes the folders of the path from `base` names on up to `length`, each once. */
  private async makeFolders(path: Path, base: number, length: number): Promise<void> {
    for (let depth = base + 1; depth <= length; depth += 1) {
      const folder = path.slice(0, depth);
      const key = JSON.stringify(folder);
      const made = this.folders.get(key) ?? this.files.makeFolder(folder);
      this.folders.set(key, made);
      try {
        await made;
      } catch (error) {
        this.folders.delete(key);
        throw error;
      }
    }
  }

  private end(upload: Upload, state: UploadState, message = ""): void {
    upload.state = state;
    upload.message = message;
    if (state === "done") this.events.arrived(upload);
    this.events.changed();
  }
}

function known({ source }: Upload): Known {
  const modified = Math.max(0, Math.floor(source.file?.lastModified ?? 0));
  return { path: source.path, size_bytes: source.file?.size ?? 0, modified };
}

/** Whether the browser still reads the file; a failed request alone does not tell. */
async function isReadable(file: File | null): Promise<boolean> {
  if (file === null) return true;
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
