/** From Opus packets to the loudspeaker. Nothing of it exists before the first packet. */

import { SOUND_RATE } from "./tags";
import type { Cancel, Timers } from "./timers";

const CHANNELS = 2;
const PACKET_US = 20_000;
const CONFIGURATION: AudioDecoderConfig = {
  codec: "opus",
  sampleRate: SOUND_RATE,
  numberOfChannels: CHANNELS,
};

/** The sound card is let go of when there was nothing to hear for so long. */
const REST_AFTER_MS = 5000;
/** A browser that has not begun to play by then waits for the user to do something. */
const START_WITHIN_MS = 1000;

export interface PlayerOptions {
  /** The address of the script worklets/player. */
  readonly script: string;
  readonly timers: Timers;
  /** Whether the browser plays nothing until the user does something; not called while that stays. */
  readonly held: (isHeld: boolean) => void;
}

/** Whether this browser decodes and plays what an agent sends. It does not outside a secure context. */
export async function canPlaySound(): Promise<boolean> {
  if (!("AudioDecoder" in globalThis) || !("AudioWorkletNode" in globalThis)) return false;
  return (await AudioDecoder.isConfigSupported(CONFIGURATION)).supported === true;
}

export class Player {
  private readonly options: PlayerOptions;
  private decoder: AudioDecoder | null = null;
  private context: AudioContext | null = null;
  private gain: GainNode | null = null;
  private node: AudioWorkletNode | null = null;
  /** What came while the worklet's script was loaded. */
  private early: (Float32Array[] | null)[] = [];
  private loudness = 1;
  private timestamp = 0;
  private isHeld = false;
  private readonly closing = new AbortController();
  private cancelRest: Cancel = () => undefined;

  constructor(options: PlayerOptions) {
    this.options = options;
  }

  /** From 0 to 1. */
  set volume(volume: number) {
    this.loudness = volume ** 2; // as loudness is felt
    if (this.gain !== null) this.gain.gain.value = this.loudness;
  }

  play(packet: Uint8Array<ArrayBuffer>): void {
    this.wake();
    if (this.decoder === null || this.decoder.state === "closed") this.decoder = this.createDecoder();
    const { timestamp } = this;
    this.timestamp += PACKET_US;
    this.decoder.decode(new EncodedAudioChunk({ type: "key", timestamp, data: packet }));
  }

  /** Silence follows the packets that came. */
  async finish(): Promise<void> {
    const decoder = this.decoder;
    if (decoder === null) return;
    try {
      await decoder.flush();
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      return; // it was closed meanwhile
    }
    this.give(null);
  }

  /** Forgets what has not been played. */
  stop(): void {
    if (this.decoder !== null && this.decoder.state !== "closed") this.decoder.close();
    this.decoder = null;
    this.early = [];
    this.give(null);
  }

  /** Lets go of everything. */
  close(): void {
    this.stop();
    this.cancelRest();
    this.closing.abort();
    void this.context?.close();
    this.context = this.gain = this.node = null;
  }

  private createDecoder(): AudioDecoder {
    const decoder = new AudioDecoder({
      output: (data) => {
        this.give(planes(data));
        data.close();
      },
      error: () => undefined, // it is closed now, and the next packet makes another
    });
    decoder.configure(CONFIGURATION);
    return decoder;
  }

  private give(channels: Float32Array[] | null): void {
    if (this.node !== null) this.node.port.postMessage(channels);
    else if (this.context !== null) this.early.push(channels);
  }

  /** The sound card plays when this has had its effect, unless the browser holds it back. */
  private wake(): void {
    this.cancelRest();
    this.cancelRest = this.options.timers.after(REST_AFTER_MS, () => {
      if (!this.isHeld) void this.context?.suspend();
    });
    if (this.context === null) this.open();
    else if (this.context.state !== "running" && !this.isHeld) void this.context.resume();
  }

  private open(): void {
    const context = new AudioContext({ sampleRate: SOUND_RATE, latencyHint: "interactive" });
    this.context = context;
    this.gain = new GainNode(context, { gain: this.loudness });
    this.gain.connect(context.destination);
    context.onstatechange = () => {
      if (context.state === "running") this.hold(false);
    };
    const options = { capture: true, signal: this.closing.signal };
    for (const gesture of ["pointerdown", "keydown"]) {
      const resume = (): void => {
        if (this.isHeld) void context.resume();
      };
      globalThis.addEventListener(gesture, resume, options);
    }
    this.options.timers.after(START_WITHIN_MS, () => {
      if (context.state === "suspended") this.hold(true);
    });
    void this.load(context, this.gain);
  }

  private async load(context: AudioContext, gain: GainNode): Promise<void> {
    await context.audioWorklet.addModule(this.options.script);
    if (context.state === "closed") return;
    const layout = { numberOfInputs: 0, outputChannelCount: [CHANNELS] };
    this.node = new AudioWorkletNode(context, "player", layout);
    this.node.connect(gain);
    for (const channels of this.early) this.give(channels);
    this.early = [];
  }

  private hold(isHeld: boolean): void {
    if (isHeld === this.isHeld) return;
    this.isHeld = isHeld;
    this.options.held(isHeld);
  }
}

/** The samples of each channel. */
function planes(data: AudioData): Float32Array[] {
  return Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
    const samples = new Float32Array(data.numberOfFrames);
    data.copyTo(samples, { planeIndex, format: "f32-planar" });
    return samples;
  });
}
