/** How files are named, measured and dated for the user. */

import type { Path } from "../core/files";
import type { Upload } from "../core/uploads";

export const HOME = "HomeFolder";
export const TEMPORARY = "TemporaryFiles";

const LABELS: ReadonlyMap<string, string> = new Map([
  [HOME, "Home Folder"],
  [TEMPORARY, "Temporary Files"],
]);

const NOTES: ReadonlyMap<string, string> = new Map([
  [HOME, "What is here is kept for your next session."],
  [TEMPORARY, "What is here is gone when the session ends."],
]);

const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

/** What the folder or file at this path is called. */
export function label(path: Path): string {
  const name = path.at(-1) ?? "My Files";
  return path.length === 1 ? (LABELS.get(name) ?? name) : name;
}

/** How a home folder stands that is not as it should be. */
const TROUBLES: ReadonlyMap<string, string> = new Map([
  ["filling", "It is still being filled: more files will appear."],
  ["trouble", "It cannot be saved just now. It is tried again by itself."],
]);

/** What the user should know of what is kept below this path; or empty. */
export function note(path: Path, home = ""): string {
  const trouble = path[0] === HOME ? TROUBLES.get(home) : undefined;
  return trouble ?? NOTES.get(path[0] ?? "") ?? "";
}

/** What to say when the home folder stands otherwise than before; or empty. */
export function homeNews(before: string, home: string): string {
  if (home === "trouble") return "Your home folder cannot be saved just now. It is tried again.";
  return before === "trouble" && home === "kept" ? "Your home folder is saved again." : "";
}

export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? ""}`;
}

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function dateText(modified: number): string {
  return Number.isFinite(new Date(modified).getTime()) ? DAY.format(modified) : "";
}

export function itemsText(count: number): string {
  if (count === 0) return "This folder is empty.";
  return count === 1 ? "1 item." : `${count} items.`;
}

export function filesText(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}

/** How an upload stands. */
export function progressText(upload: Upload): string {
  switch (upload.state) {
    case "waiting":
      return "Waiting";
    case "moving":
      return `${sizeText(upload.sent_bytes)} of ${sizeText(upload.size_bytes)}`;
    case "paused":
      return `Interrupted; it goes on by itself. ${upload.message}`;
    case "done":
      return doneText(upload);
    case "failed":
      return `Failed. ${upload.message}`;
    case "cancelled":
      return "Cancelled";
  }
}

function doneText({ source, name }: Upload): string {
  if (source.file === null) return "Made";
  return name === source.path.at(-1) ? "Uploaded" : `Uploaded as ${name}`;
}
