/** What is copied: a text or a picture, read from wherever the browser keeps it. */

import type { Bytes } from "./outgoing";

export type Content =
  | { readonly type: "text/plain"; readonly text: string }
  | { readonly type: "image/png"; readonly bytes: Bytes };

export function text(value: string): Content {
  return { type: "text/plain", text: value };
}

/** Contents as they are sent: a text as UTF-8, with line ends as the session's applications write. */
export function encoded(content: Content): Bytes {
  if (content.type === "image/png") return content.bytes;
  return new TextEncoder().encode(content.text.replaceAll("\r\n", "\n"));
}

/** The contents that came as these bytes; null if there are none, or of no type that passes. */
export function decoded(type: string, bytes: Bytes): Content | null {
  if (bytes.length === 0) return null;
  if (type === "text/plain") return text(new TextDecoder().decode(bytes));
  return type === "image/png" ? { type, bytes } : null;
}

export function isSame(one: Content | null, other: Content | null): boolean {
  if (one?.type === "text/plain" && other?.type === "text/plain") {
    return one.text.replaceAll("\r\n", "\n") === other.text.replaceAll("\r\n", "\n");
  }
  if (one?.type === "image/png" && other?.type === "image/png") {
    const { bytes } = other;
    return one.bytes.length === bytes.length && one.bytes.every((byte, at) => byte === bytes[at]);
  }
  return false;
}

/** Characters as the agent counts them: a pair of surrogates is one. */
export function countCharacters(value: string): number {
  let pairs = 0;
  for (let at = value.length - 1; at > 0; at -= 1) {
    if (isLowSurrogate(value.charCodeAt(at)) && isHighSurrogate(value.charCodeAt(at - 1))) pairs += 1;
  }
  return value.length - pairs;
}

/** What a paste event brings; a text rather than a picture of it. Read before the first await. */
export async function transferred(data: DataTransfer): Promise<Content | null> {
  const value = data.getData("text/plain");
  if (value !== "") return text(value);
  const picture = [...data.files].find(({ type }) => type === "image/png");
  return picture === undefined ? null : pictureOf(picture);
}

/** What the browser's clipboard has; a text rather than a picture of it. */
export async function firstOf(items: readonly ClipboardItem[]): Promise<Content | null> {
  for (const type of ["text/plain", "image/png"]) {
    const item = items.find(({ types }) => types.includes(type));
    if (item === undefined) continue;
    const blob = await item.getType(type);
    if (type === "image/png") return pictureOf(blob);
    const value = await blob.text();
    if (value !== "") return text(value);
  }
  return null;
}

async function pictureOf(blob: Blob): Promise<Content> {
  return { type: "image/png", bytes: new Uint8Array(await blob.arrayBuffer()) };
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
