/** Runs where sound is played: takes blocks of samples by messages, null when silence follows. */

import { SoundQueue, type Channels } from "../sound-queue";

class Player extends AudioWorkletProcessor {
  private readonly queue = new SoundQueue();

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<Channels | null>) => {
      if (data === null) this.queue.finish();
      else this.queue.push(data);
    };
  }

  process(_inputs: readonly Float32Array[][], [output]: readonly Float32Array[][]): boolean {
    if (output !== undefined) this.queue.pull(output);
    return true;
  }
}

registerProcessor("player", Player);
