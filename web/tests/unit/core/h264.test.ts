/** H.264 by a WebCodecs decoder that does what the test says. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { H264Decoder, canDecodeH264 } from "../../../src/core/h264";
import type { Frame } from "../../../src/core/incoming";
import { aFrame } from "../../support/fake-decoder";

/** WebCodecs' decoder, by hand. */
class HandDecoder {
  static readonly made: HandDecoder[] = [];
  static isSupported = true;
  readonly init: VideoDecoderInit;
  readonly configured: string[] = [];
  readonly chunks: EncodedVideoChunkInit[] = [];
  state = "unconfigured";

  constructor(init: VideoDecoderInit) {
    this.init = init;
    HandDecoder.made.push(this);
  }

  static isConfigSupported(): Promise<VideoDecoderSupport> {
    return Promise.resolve({ supported: HandDecoder.isSupported });
  }

  configure({ codec }: VideoDecoderConfig): void {
    this.state = "configured";
    this.configured.push(codec);
  }

  decode({ init }: HandChunk): void {
    if (init.data instanceof Uint8Array && init.data.length === 0) throw new DOMException("empty");
    this.chunks.push(init);
  }

  close(): void {
    this.state = "closed";
  }

  finish(index: number): void {
    const timestamp = this.chunks[index]?.timestamp;
    this.init.output({ timestamp, close: () => undefined } as VideoFrame);
  }
}

class HandChunk {
  readonly init: EncodedVideoChunkInit;

  constructor(init: EncodedVideoChunkInit) {
    this.init = init;
  }
}

const KEY_FRAME = new Uint8Array([0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0, 0, 1, 0x65, 1]);
const LARGER = new Uint8Array([0, 0, 1, 0x67, 0x42, 0xc0, 0x28, 0, 0, 1, 0x65, 1]);

let happened: string[];
let decoder: H264Decoder;

beforeEach(() => {
  HandDecoder.made.length = 0;
  HandDecoder.isSupported = true;
  vi.stubGlobal("VideoDecoder", HandDecoder);
  vi.stubGlobal("EncodedVideoChunk", HandChunk);
  happened = [];
  decoder = new H264Decoder({
    draw: (_image, frame) => happened.push(`draw ${frame.id}`),
    settled: (id) => happened.push(`settled ${id}`),
    failed: () => happened.push("failed"),
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function latest(): HandDecoder {
  const made = HandDecoder.made.at(-1);
  if (made === undefined) throw new Error("no decoder has been made");
  return made;
}

function keyFrame(id: number, payload = KEY_FRAME): Frame {
  return aFrame({ id, payload });
}

function delta(id: number): Frame {
  return aFrame({ id, key: false });
}

test("frames are drawn and settled as they come out of the decoder", () => {
  decoder.decode(keyFrame(65535));
  decoder.decode(delta(0));
  expect(happened).toEqual([]);
  latest().finish(0);
  latest().finish(1);
  expect(happened).toEqual(["draw 65535", "settled 65535", "draw 0", "settled 0"]);
});

test("the decoder is told what the stream says of itself, once", () => {
  decoder.decode(keyFrame(1));
  decoder.decode(keyFrame(2));
  decoder.decode(keyFrame(3, LARGER));
  expect(latest().configured).toEqual(["avc1.42c01f", "avc1.42c028"]);
});

test("a frame that builds on one that never came is given up", () => {
  decoder.decode(delta(4));
  expect(happened).toEqual(["settled 4"]);
});

describe("when decoding fails", () => {
  beforeEach(() => {
    decoder.decode(keyFrame(1));
    decoder.decode(delta(2));
    latest().state = "closed";
    latest().init.error(new DOMException("test"));
  });

  test("what was under way is given up", () => {
    expect(happened).toEqual(["settled 1", "settled 2", "failed"]);
  });

  test("the next key frame begins anew", () => {
    decoder.decode(delta(3));
    decoder.decode(keyFrame(4));
    latest().finish(0);
    expect(happened.slice(3)).toEqual(["settled 3", "draw 4", "settled 4"]);
  });
});

test("a frame that the decoder does not take is a failure, too", () => {
  decoder.decode(keyFrame(1));
  decoder.decode(aFrame({ id: 2, key: false, payload: new Uint8Array(0) }));
  expect(happened).toEqual(["settled 1", "failed", "settled 2"]);
});

test("closed, it draws nothing", () => {
  decoder.decode(keyFrame(1));
  decoder.close();
  latest().finish(0);
  expect(happened).toEqual(["settled 1"]);
  expect(latest().state).toBe("closed");
});

describe("H.264 can be decoded", () => {
  test("where the browser says so", async () => {
    expect(await canDecodeH264()).toBe(true);
  });

  test("not where it says otherwise", async () => {
    HandDecoder.isSupported = false;
    expect(await canDecodeH264()).toBe(false);
  });

  test("not where there is no WebCodecs, as outside a secure context", async () => {
    vi.unstubAllGlobals();
    expect(await canDecodeH264()).toBe(false);
  });
});
