/** Typed readings of JSON that came from elsewhere; what is absent or of another type is empty. */

export function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function asNumber(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** The JSON object after a message's tag; a SyntaxError if it is no JSON. */
export function jsonBody(message: DataView<ArrayBuffer>): Record<string, unknown> {
  return asRecord(JSON.parse(new TextDecoder().decode(new Uint8Array(message.buffer, 1))));
}
