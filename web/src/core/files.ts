/** A session's files, asked for over HTTP beside the stream. */

import { Unreachable, ask } from "./asking";
import { asList, asNumber, asRecord, asText } from "./json";

/** The names from My Files down to a file or folder. */
export type Path = readonly string[];

export interface Entry {
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
  readonly size_bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

export interface Listing {
  readonly entries: readonly Entry[];
  /** How many have names that cannot be shown or asked for. */
  readonly unseen: number;
  /** Whether the folder has more than were listed. */
  readonly more: boolean;
}

/** By what the service knows an upload: the same again goes on where it was cut. */
export interface Known {
  readonly path: Path;
  readonly size_bytes: number;
  readonly modified: number;
}

/** How much of an upload has arrived; `name` is the file's once all of it has. */
export interface Arrival {
  readonly offset: number;
  readonly name: string | null;
}

export interface Watch {
  /** So many bytes of the piece are on their way. */
  sent(bytes: number): void;
  readonly signal: AbortSignal;
}

export interface Files {
  list(path: Path): Promise<Listing>;
  /** Makes the folder, or finds it. */
  makeFolder(path: Path): Promise<void>;
  rename(path: Path, name: string): Promise<void>;
  remove(path: Path): Promise<void>;
  /** Returns if the file can be downloaded now. */
  check(path: Path): Promise<void>;
  /** Where the browser downloads the file from. */
  address(path: Path): string;
  arrived(known: Known): Promise<Arrival>;
  /** Sends the piece that begins at this offset. */
  send(known: Known, offset: number, piece: Blob, watch: Watch): Promise<Arrival>;
  /** Drops what has arrived. */
  cancel(known: Known): Promise<void>;
}

/** The service does not do it, and says why. */
export class FilesRefusal extends Error {
  readonly status: number;
  readonly code: string;
  /** Where an upload has to go on, if that is why. */
  readonly offset: number | null;

  constructor(status: number, answer: Readonly<Record<string, unknown>>) {
    super(asText(answer.message) || `The service answered with status ${status}.`);
    this.name = "FilesRefusal";
    this.status = status;
    this.code = asText(answer.error);
    this.offset = typeof answer.offset === "number" ? answer.offset : null;
  }
}

type Query = Readonly<Record<string, string | number>>;

const OUT_OF_RANGE = 416;

/** A folder with all that is in it takes longer to remove. */
const CHANGE_WITHIN_MS = 60_000;

/** The files of the session whose addresses `ofSession` makes of paths. */
export function httpFiles(ofSession: (path: string) => string): Files {
  const at = (path: string, names: Path, query: Query = {}): string => {
    const pairs = Object.entries({ path: names.join("/"), ...query });
    const text = pairs.map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join("");
    return `${ofSession(path)}${text}`;
  };
  const upload = (known: Known, query: Query = {}): string =>
    at("/files/upload", known.path, { size: known.size_bytes, modified: known.modified, ...query });
  return {
    list: async (path) => asListing(await look(at("/files", path))),
    makeFolder: async (path) => {
      await change("POST", at("/files/folder", path));
    },
    rename: async (path, name) => {
      await change("POST", at("/files/rename", path, { name }));
    },
    remove: async (path) => {
      await change("POST", at("/files/delete", path));
    },
    check: async (path) => {
      await askForOneByte(at("/files/content", path));
    },
    address: (path) => at("/files/content", path),
    arrived: async (known) => asArrival(await look(upload(known))),
    send: async (known, offset, piece, watch) =>
      asArrival(await put(upload(known, { offset }), piece, watch)),
    cancel: async (known) => {
      await change("DELETE", upload(known));
    },
  };
}

async function look(address: string): Promise<Record<string, unknown>> {
  const { status, text } = await ask(address, { method: "GET" });
  return answerOf(status, text);
}

async function change(method: string, address: string): Promise<void> {
  const { status, text } = await ask(address, { method }, CHANGE_WITHIN_MS);
  answerOf(status, text);
}

/** An empty file has no byte to answer with, and says so. */
async function askForOneByte(address: string): Promise<void> {
  const headers = { Range: "bytes=0-0" };
  const { ok, status, text } = await ask(address, { headers });
  if (!ok && status !== OUT_OF_RANGE) answerOf(status, text);
}

/** By XMLHttpRequest, which tells how much has been sent; fetch does not. */
async function put(address: string, body: Blob, watch: Watch): Promise<Record<string, unknown>> {
  const request = new XMLHttpRequest();
  const abort = (): void => {
    request.abort();
  };
  request.open("PUT", address);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.upload.onprogress = ({ loaded }) => {
    watch.sent(loaded);
  };
  watch.signal.addEventListener("abort", abort);
  await new Promise((resolve) => {
    request.onloadend = resolve;
    request.send(body);
    if (watch.signal.aborted) abort();
  });
  watch.signal.removeEventListener("abort", abort);
  if (request.status === 0) throw new Unreachable();
  return answerOf(request.status, request.responseText);
}

/** The JSON of an answer; FilesRefusal if it is none that says yes. */
function answerOf(status: number, text: string): Record<string, unknown> {
  const answer = readJson(text);
  if (status < 200 || status >= 300) throw new FilesRefusal(status, answer);
  return answer;
}

function readJson(text: string): Record<string, unknown> {
  try {
    return asRecord(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function asListing(answer: Readonly<Record<string, unknown>>): Listing {
  return {
    entries: asList(answer.entries).map((row) => asEntry(asRecord(row))),
    unseen: asNumber(answer.unseen),
    more: answer.more === true,
  };
}

function asEntry(row: Readonly<Record<string, unknown>>): Entry {
  const kinds = ["file", "folder", "link"] as const;
  return {
    name: asText(row.name),
    kind: kinds.find((kind) => kind === row.kind) ?? "other",
    size_bytes: asNumber(row.size),
    modified: asNumber(row.modified),
  };
}

function asArrival(answer: Readonly<Record<string, unknown>>): Arrival {
  return {
    offset: asNumber(answer.offset),
    name: typeof answer.name === "string" ? answer.name : null,
  };
}
