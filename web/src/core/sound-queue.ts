/** Sound between its arrival and its playing: late enough to be whole, early enough to fit the picture. */

import { SOUND_RATE } from "./tags";

const MS = SOUND_RATE / 1000;

/** So much waits before playing begins. It grows when that was not enough, and shrinks again. */
const LEAST_WANTED = 40 * MS;
const MOST_WANTED = 200 * MS;
const WANTED_MORE = 20 * MS;
const WANTED_LESS = 5 * MS;

/** More than this beyond what is wanted is late: it came in a burst after a stall. */
const MOST_EXTRA = 80 * MS;

/** What has not been needed for so long is skipped, but for a rest. */
const WATCHED = 4000 * MS;
const SPARE = 30 * MS;
const KEPT = 15 * MS;

const CROSS_FADE = 5 * MS;
const FADE_IN = 2.5 * MS;
const CAPACITY = 1 << 16;

/** What a sound card plays at one time, a block of samples for each channel. */
export type Channels = readonly Float32Array[];

/** A queue of two channels. All lengths are in samples. */
export class SoundQueue {
  private readonly channels = [new Float32Array(CAPACITY), new Float32Array(CAPACITY)];
  /** The oldest sample and the one after the newest, counted from the first ever. */
  private start = 0;
  private end = 0;
  private wanted = LEAST_WANTED;
  private isPlaying = false;
  private isWhole = false;
  private faded = 0;
  private watched = 0;
  private lowest = Infinity;

  /** How much waits. */
  get length(): number {
    return this.end - this.start;
  }

  /** Appends what has arrived; what is too old by now is skipped. */
  push(arrived: Channels): void {
    const count = arrived[0]?.length ?? 0;
    this.channels.forEach((channel, index) => {
      const samples = arrived[index] ?? arrived[0] ?? [];
      for (let at = 0; at < count; at += 1) channel[place(this.end + at)] = samples[at] ?? 0;
    });
    this.end += count;
    this.isWhole = false;
    if (this.length > this.wanted + MOST_EXTRA) this.skip(this.length - this.wanted);
    if (this.length >= this.wanted) this.begin();
  }

  /** Nothing follows for now: what waits is played without waiting for more. */
  finish(): void {
    this.isWhole = true;
    if (this.length > 0) this.begin();
  }

  /** Fills the block with what is to be heard now, which may be silence. */
  pull(block: Channels): void {
    const count = block[0]?.length ?? 0;
    const played = this.isPlaying ? Math.min(count, this.length) : 0;
    block.forEach((samples, index) => {
      const channel = this.channels[index] ?? this.channels[0];
      for (let at = 0; at < count; at += 1) {
        const sample = at < played ? (channel?.[place(this.start + at)] ?? 0) : 0;
        samples[at] = sample * Math.min(1, (this.faded + at) / FADE_IN);
      }
    });
    this.start += played;
    this.faded += played;
    if (this.isPlaying) this.watch(count, played < count);
  }

  private begin(): void {
    if (this.isPlaying) return;
    this.isPlaying = true;
    this.faded = 0;
    this.watched = 0;
    this.lowest = Infinity;
  }

  private watch(count: number, isEmpty: boolean): void {
    if (isEmpty) {
      this.isPlaying = false;
      if (!this.isWhole) this.wanted = Math.min(MOST_WANTED, this.wanted + WANTED_MORE);
      return;
    }
    this.lowest = Math.min(this.lowest, this.length);
    this.watched += count;
    if (this.watched < WATCHED) return;
    if (this.lowest > KEPT) this.wanted = Math.max(LEAST_WANTED, this.wanted - WANTED_LESS);
    if (this.lowest > SPARE) this.skip(this.lowest - KEPT);
    this.watched = 0;
    this.lowest = Infinity;
  }

  /** Leaves out so many samples; one side fades into the other. */
  private skip(count: number): void {
    for (const channel of this.channels) {
      for (let at = 0; at < CROSS_FADE; at += 1) {
        const share = at / CROSS_FADE;
        const before = channel[place(this.start + at)] ?? 0;
        const after = channel[place(this.start + count + at)] ?? 0;
        channel[place(this.start + count + at)] = before * (1 - share) + after * share;
      }
    }
    this.start += count;
  }
}

function place(sample: number): number {
  return sample % CAPACITY;
}
