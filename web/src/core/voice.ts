/** What the user's microphone hears, in pieces of 20 ms, from when the user wants it until he does not. */

import type { Bytes } from "./outgoing";
import { SOUND_RATE, VoiceCodec } from "./tags";

const PIECE_US = 20_000;
const CONFIGURATION: AudioEncoderConfig = {
  codec: "opus",
  sampleRate: SOUND_RATE,
  numberOfChannels: 1,
  bitrate: 32_000,
  opus: { frameDuration: PIECE_US },
};

export interface VoiceEvents {
  heard(codec: number, voice: Bytes): void;
  /** The device is gone, by itself. */
  ended(): void;
}

/** Whether there can be a microphone: browsers offer none outside a secure context. */
export function canRecord(): boolean {
  return "mediaDevices" in navigator && "AudioWorkletNode" in globalThis;
}

export class Voice {
  private readonly events: VoiceEvents;
  private readonly tracks: readonly MediaStreamTrack[];
  private readonly context: AudioContext;
  private readonly encoder: AudioEncoder | null;
  private timestamp = 0;

  /** The microphone, once the user has allowed it; a DOMException if it cannot be had. */
  static async open(script: string, events: VoiceEvents): Promise<Voice> {
    const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: true };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    const context = new AudioContext({ sampleRate: SOUND_RATE, latencyHint: "interactive" });
    try {
      await context.audioWorklet.addModule(script);
      const source = new MediaStreamAudioSourceNode(context, { mediaStream: stream });
      const voice = new Voice(stream.getTracks(), context, await canEncode(), events);
      voice.record(source);
      return voice;
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      await context.close();
      throw error;
    }
  }

  private constructor(
    tracks: readonly MediaStreamTrack[],
    context: AudioContext,
    isEncoded: boolean,
    events: VoiceEvents,
  ) {
    this.tracks = tracks;
    this.context = context;
    this.events = events;
    this.encoder = isEncoded ? this.createEncoder() : null;
  }

  /** The microphone is off, and the browser shows that. */
  close(): void {
    for (const track of this.tracks) track.stop();
    if (this.encoder !== null && this.encoder.state !== "closed") this.encoder.close();
    if (this.context.state !== "closed") void this.context.close();
  }

  private record(source: AudioNode): void {
    const layout = { channelCount: 1, channelCountMode: "explicit" } as const;
    const recorder = new AudioWorkletNode(this.context, "recorder", layout);
    recorder.port.onmessage = ({ data }: MessageEvent<Float32Array<ArrayBuffer>>) => {
      this.take(data);
    };
    // Its output is silence; what leads nowhere is not run by every browser.
    source.connect(recorder).connect(this.context.destination);
    for (const track of this.tracks) {
      track.onended = () => {
        this.events.ended();
      };
    }
  }

  private take(samples: Float32Array<ArrayBuffer>): void {
    if (this.encoder === null) {
      this.events.heard(VoiceCodec.PCM, pcm(samples));
      return;
    }
    if (this.encoder.state === "closed") return;
    const { timestamp } = this;
    this.timestamp += PIECE_US;
    const data = new AudioData({
      format: "f32",
      sampleRate: SOUND_RATE,
      numberOfChannels: 1,
      numberOfFrames: samples.length,
      timestamp,
      data: samples,
    });
    this.encoder.encode(data);
    data.close();
  }

  private createEncoder(): AudioEncoder {
    const encoder = new AudioEncoder({
      output: (chunk) => {
        const packet = new Uint8Array(chunk.byteLength);
        chunk.copyTo(packet);
        this.events.heard(VoiceCodec.OPUS, packet);
      },
      error: () => {
        this.events.ended();
      },
    });
    encoder.configure(CONFIGURATION);
    return encoder;
  }
}

async function canEncode(): Promise<boolean> {
  if (!("AudioEncoder" in globalThis)) return false;
  return (await AudioEncoder.isConfigSupported(CONFIGURATION)).supported === true;
}

/** Samples of 16 bits, little-endian. */
export function pcm(samples: Float32Array): Bytes {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, at) => {
    view.setInt16(2 * at, Math.max(-1, Math.min(1, sample)) * 0x7fff, true);
  });
  return bytes;
}
