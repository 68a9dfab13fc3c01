/** A session's files in memory; each request waits until the test lets it go on. */

import { Unreachable } from "../../src/core/asking";
import {
  FilesRefusal,
  type Arrival,
  type Entry,
  type Files,
  type Known,
  type Listing,
  type Path,
  type Watch,
} from "../../src/core/files";

interface Piece {
  readonly known: Known;
  readonly offset: number;
  readonly size_bytes: number;
  readonly watch: Watch;
  answer(arrival: Arrival): void;
  refuse(error: string, more?: object): void;
  cut(): void;
}

export class FakeFiles implements Files {
  readonly asked: string[] = [];
  readonly pieces: Piece[] = [];
  readonly folders = new Map<string, readonly Entry[]>();
  /** What the next requests of this kind are refused with. */
  readonly refusals = new Map<string, Error>();
  arrivedAt: Arrival = { offset: 0, name: null };

  list(path: Path): Promise<Listing> {
    const entries = this.folders.get(path.join("/"));
    if (entries === undefined) return Promise.reject(refusal("not_found"));
    return this.told("list", path, { entries, unseen: 0, more: false });
  }

  makeFolder(path: Path): Promise<void> {
    return this.told("folder", path, undefined);
  }

  rename(path: Path, name: string): Promise<void> {
    return this.told("rename", [...path, "to", name], undefined);
  }

  remove(path: Path): Promise<void> {
    return this.told("remove", path, undefined);
  }

  check(path: Path): Promise<void> {
    return this.told("check", path, undefined);
  }

  address(path: Path): string {
    return `/files/content?path=${path.join("/")}`;
  }

  arrived(known: Known): Promise<Arrival> {
    return this.told("arrived", known.path, this.arrivedAt);
  }

  send(known: Known, offset: number, piece: Blob, watch: Watch): Promise<Arrival> {
    this.asked.push(`send ${known.path.join("/")} ${offset}`);
    return new Promise((answer, reject) => {
      const cut = (): void => {
        reject(new Unreachable());
      };
      watch.signal.addEventListener("abort", cut);
      const refuse = (error: string, more: object = {}): void => {
        reject(refusal(error, more));
      };
      this.pieces.push({ known, offset, size_bytes: piece.size, watch, answer, refuse, cut });
    });
  }

  cancel(known: Known): Promise<void> {
    return this.told("cancel", known.path, undefined);
  }

  private told<T>(kind: string, path: Path, answer: T): Promise<T> {
    this.asked.push(`${kind} ${path.join("/")}`);
    const error = this.refusals.get(kind);
    this.refusals.delete(kind);
    return error === undefined ? Promise.resolve(answer) : Promise.reject(error);
  }
}

export function refusal(error: string, more: object = {}): FilesRefusal {
  return new FilesRefusal(409, { error, message: `It is ${error}.`, ...more });
}

/** Everything that can run without time passing has run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve, 0));
}
