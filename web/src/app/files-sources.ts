/** What the user has chosen or dropped, as uploads into a folder. */

import type { Path } from "../core/files";
import type { Source } from "../core/uploads";

/** Chosen files; those of a chosen folder keep their places in it. */
export function chosenSources(files: Iterable<File>, folder: Path): readonly Source[] {
  return [...files].map((file) => {
    const inside = file.webkitRelativePath === "" ? [file.name] : file.webkitRelativePath.split("/");
    return { path: [...folder, ...inside], base: folder.length, file };
  });
}

/**
 * Dropped files, and all that is in dropped folders. To be called while the drop is handled: later
 * the browser tells no more what was dropped.
 */
export async function droppedSources(
  transfer: DataTransfer,
  folder: Path,
): Promise<readonly Source[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const known = entries.filter((entry) => entry !== null);
  if (known.length === 0) return chosenSources(transfer.files, folder);
  const found: Source[] = [];
  for (const entry of known) await collect(entry, [...folder, entry.name], folder.length, found);
  return found;
}

async function collect(
  entry: FileSystemEntry,
  path: Path,
  base: number,
  found: Source[],
): Promise<void> {
  if (isFile(entry)) {
    found.push({ path, base, file: await fileOf(entry) });
    return;
  }
  if (!isFolder(entry)) return;
  const inside = await entriesOf(entry);
  if (inside.length === 0) found.push({ path, base, file: null });
  for (const each of inside) await collect(each, [...path, each.name], base, found);
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

async function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });
}

/** A reader gives some entries at a time, and none at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<readonly FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return found;
    found.push(...some);
  }
}
