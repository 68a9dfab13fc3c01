/** What a page plays, heard by the browser's own analyser; and tones for it to play. */

import type { Page } from "playwright-core";

/** Before the page is loaded: what is led to the loudspeaker can be listened to from then on. */
export async function wearEarphones(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const original = Reflect.get(AudioNode.prototype, "connect") as typeof connect;
    function connect(this: AudioNode, target: AudioNode): AudioNode {
      if (target instanceof AudioDestinationNode) {
        const analyser = new AnalyserNode(this.context, { fftSize: 32_768 });
        original.call(this, analyser);
        Object.assign(globalThis, { earphones: analyser });
      }
      return original.call(this, target);
    }
    Object.assign(AudioNode.prototype, { connect });
  });
}

/** The frequency of what was played last, in hertz; 0 if there was nothing in the last half second. */
export async function heardHertz(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { earphones } = globalThis as { earphones?: AnalyserNode };
    if (earphones === undefined) return 0;
    const samples = new Float32Array(earphones.fftSize);
    earphones.getFloatTimeDomainData(samples);
    const rises: number[] = [];
    let isLow = false;
    samples.forEach((sample, at) => {
      if (isLow && sample > 0) rises.push(at);
      isLow = sample < -0.05 || (isLow && sample <= 0);
    });
    const [first = 0, last = 0] = [rises[0], rises.at(-1)];
    return rises.length < 10 ? 0 : ((rises.length - 1) * 48_000) / (last - first);
  });
}

/** Opus packets of 20 ms each of this tone, made by the browser that will have to decode them. */
export async function opusTone(page: Page, hertz: number, count: number): Promise<Uint8Array[]> {
  const packets = await page.evaluate(
    async ({ hertz, count }) => {
      const made: number[][] = [];
      const encoder = new AudioEncoder({
        output: (chunk) => {
          const bytes = new Uint8Array(chunk.byteLength);
          chunk.copyTo(bytes);
          made.push([...bytes]);
        },
        error: (error) => {
          throw error;
        },
      });
      const sound = { sampleRate: 48_000, numberOfChannels: 2 };
      encoder.configure({ codec: "opus", ...sound, opus: { frameDuration: 20_000 } });
      const numberOfFrames = 960 * count;
      const data = Float32Array.from({ length: 2 * numberOfFrames }, (_, index) => {
        return 0.3 * Math.sin((2 * Math.PI * hertz * Math.floor(index / 2)) / 48_000);
      });
      encoder.encode(new AudioData({ format: "f32", ...sound, numberOfFrames, timestamp: 0, data }));
      await encoder.flush();
      return made;
    },
    { hertz, count },
  );
  return packets.slice(0, count).map((bytes) => new Uint8Array(bytes));
}
