/** The little that must be read from an H.264 stream in Annex B form to configure a decoder. */

const SEQUENCE_PARAMETERS = 7;
const PROFILE_BYTES = 3;

/** The stream's first sequence parameter set, without its start code; null if there is none. */
export function sequenceParameters(stream: Uint8Array): Uint8Array | null {
  let start = startCode(stream, 0);
  while (start >= 0) {
    const unit = start + 3;
    const next = startCode(stream, unit);
    const type = (stream[unit] ?? 0) & 0x1f;
    if (type === SEQUENCE_PARAMETERS) {
      return stream.subarray(unit, next < 0 ? stream.length : next);
    }
    start = next;
  }
  return null;
}

/** The codec's name as WebCodecs wants it, such as avc1.42c01f. */
export function codecString(parameters: Uint8Array): string {
  const profile = [...parameters.subarray(1, 1 + PROFILE_BYTES)];
  return `avc1.${profile.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Where 00 00 01 begins at or after this offset; -1 if nowhere. */
function startCode(stream: Uint8Array, from: number): number {
  for (let at = stream.indexOf(1, from + 2); at >= 0; at = stream.indexOf(1, at + 1)) {
    if (stream[at - 1] === 0 && stream[at - 2] === 0) return at - 2;
  }
  return -1;
}
