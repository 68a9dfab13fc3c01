/** Runs where sound is recorded: gives blocks of 20 ms, one channel, as messages. */

import { SOUND_RATE } from "../tags";

const BLOCK = SOUND_RATE / 50;

class Recorder extends AudioWorkletProcessor {
  private block = new Float32Array(BLOCK);
  private filled = 0;

  process([input]: readonly Float32Array[][]): boolean {
    for (const sample of input?.[0] ?? []) {
      this.block[this.filled] = sample;
      this.filled += 1;
      if (this.filled === BLOCK) this.give();
    }
    return true;
  }

  private give(): void {
    this.port.postMessage(this.block, [this.block.buffer]);
    this.block = new Float32Array(BLOCK);
    this.filled = 0;
  }
}

registerProcessor("recorder", Recorder);
