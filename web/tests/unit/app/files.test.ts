/** What is chosen and dropped, and how files are told of. */

import { describe, expect, test } from "vitest";
import { chosenSources, droppedSources } from "../../../src/app/files-sources";
import { dateText, label, note, progressText, sizeText } from "../../../src/app/files-texts";
import { Upload } from "../../../src/core/uploads";

function file(name: string, webkitRelativePath = ""): File {
  const made = new File(["x"], name);
  Object.defineProperty(made, "webkitRelativePath", { value: webkitRelativePath });
  return made;
}

/** An entry as a browser gives them: readers give a few at a time. */
function entry(name: string, inside?: readonly FileSystemEntry[]): FileSystemEntry {
  const isFile = inside === undefined;
  const createReader = (): object => {
    const left = [...(inside ?? [])];
    return {
      readEntries: (give: (some: readonly FileSystemEntry[]) => void) => {
        give(left.splice(0, 2));
      },
    };
  };
  const made = { name, isFile, isDirectory: !isFile, createReader };
  const give = (take: (found: File) => void): void => {
    take(file(name));
  };
  return { ...made, file: give } as unknown as FileSystemEntry;
}

function transfer(entries: readonly (FileSystemEntry | null)[], files: readonly File[] = []): DataTransfer {
  const items = entries.map((each) => ({ webkitGetAsEntry: () => each }));
  return { items, files } as unknown as DataTransfer;
}

describe("what is chosen", () => {
  test("goes into the folder, and keeps its place in a chosen folder", () => {
    const sources = chosenSources([file("a"), file("c", "b/c")], ["T", "x"]);
    expect(sources.map(({ path, base }) => [path, base])).toEqual([
      [["T", "x", "a"], 2],
      [["T", "x", "b", "c"], 2],
    ]);
  });
});

describe("what is dropped", () => {
  test("is found in all folders, empty ones too", async () => {
    const many = ["1", "2", "3", "4", "5"].map((name) => entry(name));
    const folder = entry("folder", [entry("empty", []), entry("inner", many)]);
    const sources = await droppedSources(transfer([folder, entry("a")]), ["T"]);
    expect(sources.map(({ path, file }) => `${path.join("/")} ${file?.name ?? "-"}`)).toEqual([
      "T/folder/empty -",
      ...["1", "2", "3", "4", "5"].map((name) => `T/folder/inner/${name} ${name}`),
      "T/a a",
    ]);
    expect(sources.every(({ base }) => base === 1)).toBe(true);
  });

  test("is a list of files where the browser tells of no entries", async () => {
    const sources = await droppedSources(transfer([null], [file("a")]), ["T"]);
    expect(sources.map(({ path }) => path)).toEqual([["T", "a"]]);
  });
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 KB"],
  [123_456, "123 KB"],
  [5_000_000_000, "5.0 GB"],
  [9e15, "9000 TB"],
])("%d bytes are %s", (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

test("a date that is none is not told", () => {
  expect(dateText(1e20)).toBe("");
  expect(dateText(1_700_000_000_000)).toContain("2023");
});

test("only the folders of My Files have other names than their own", () => {
  expect(label([])).toBe("My Files");
  expect(label(["HomeFolder"])).toBe("Home Folder");
  expect(label(["TemporaryFiles", "HomeFolder"])).toBe("HomeFolder");
  expect(note(["TemporaryFiles", "a"])).toContain("gone");
  expect(note(["other"])).toBe("");
});

test("an upload tells how it stands", () => {
  const upload = new Upload({ path: ["T", "a"], base: 1, file: file("a") });
  expect(progressText(upload)).toBe("Waiting");
  upload.state = "moving";
  expect(progressText(upload)).toBe("0 B of 1 B");
  upload.state = "paused";
  upload.message = "The network.";
  expect(progressText(upload)).toBe("Interrupted; it goes on by itself. The network.");
  upload.state = "done";
  expect(progressText(upload)).toBe("Uploaded");
  upload.name = "a (1)";
  expect(progressText(upload)).toBe("Uploaded as a (1)");
});
