/** What is heard when, of sound that comes evenly, late, in bursts and not at all. */

import { beforeEach, expect, test } from "vitest";
import { SoundQueue } from "../../../src/core/sound-queue";
import { SOUND_RATE } from "../../../src/core/tags";

const MS = SOUND_RATE / 1000;
const PACKET = 20 * MS;
const BLOCK = 128;

let queue: SoundQueue;
let sent: number;
let due: number;

beforeEach(() => {
  queue = new SoundQueue();
  sent = due = 0;
});

/** A packet whose samples are numbered on from those of the packet before, one for each ms. */
function arrive(packets = 1): void {
  for (let packet = 0; packet < packets; packet += 1) {
    const samples = Float32Array.from({ length: PACKET }, (_, at) => Math.floor((sent + at) / MS) + 1);
    sent += PACKET;
    queue.push([samples, samples]);
  }
}

/** What is heard for so long, in whole blocks. */
function hear(duration_ms: number): number[] {
  const heard: number[] = [];
  for (due += duration_ms * MS; due >= BLOCK; due -= BLOCK) {
    const block = new Float32Array(BLOCK);
    queue.pull([block, new Float32Array(BLOCK)]);
    heard.push(...block);
  }
  return heard;
}

function silent(samples: readonly number[]): boolean {
  return samples.every((sample) => sample === 0);
}

/** Sound that comes and is heard at the same rate. */
function run(duration_ms: number): number[] {
  const heard: number[] = [];
  for (let passed = 0; passed < duration_ms; passed += 20) {
    arrive();
    heard.push(...hear(20));
  }
  return heard;
}

test("playing begins once 40 ms have come", () => {
  arrive();
  expect(silent(hear(20))).toBe(true);
  arrive();
  const heard = hear(5);
  expect(heard[0]).toBe(0); // it fades in
  expect(heard.at(-1)).toBeCloseTo(6, 0);
});

test("a sound that is shorter is played when it is known to be over", () => {
  arrive();
  queue.finish();
  expect(hear(20).at(10 * MS)).toBe(11);
  expect(silent(hear(20).slice(BLOCK))).toBe(true);
});

test("sound that comes evenly is played without a gap", () => {
  run(40);
  const heard = run(2000);
  const steps = heard.map((sample, at) => sample - (heard[at - 1] ?? sample));
  expect(steps.every((step) => step === 0 || step === 1)).toBe(true);
});

test("what comes in a burst after a stall is skipped up to the present", () => {
  run(200);
  hear(1000);
  arrive(50);
  expect(queue.length).toBeLessThanOrEqual(200 * MS);
  hear(10);
  expect(hear(5).at(-1)).toBeGreaterThan(sent / MS - 120);
});

test("a gap makes more wait before playing goes on", () => {
  run(200);
  hear(100);
  arrive(2);
  expect(silent(hear(10))).toBe(true);
  arrive();
  expect(silent(hear(10))).toBe(false);
});

test("the end of a sound is no gap", () => {
  run(200);
  queue.finish();
  hear(100);
  arrive(2);
  expect(silent(hear(10))).toBe(false);
});

test("what has waited without need for seconds is skipped", () => {
  arrive(5);
  run(6000);
  expect(queue.length).toBeLessThan(50 * MS);
});

test("it never holds more than 280 ms, whatever comes", () => {
  for (let gap = 0; gap < 50; gap += 1) {
    arrive(3);
    hear(200);
  }
  arrive(500);
  expect(queue.length).toBeLessThanOrEqual(280 * MS);
});

test("where something is skipped, one side fades into the other", () => {
  const one = new Float32Array(PACKET * 6).fill(1);
  const other = new Float32Array(PACKET * 6).fill(-1);
  queue.push([one, one]);
  queue.push([other, other]);
  const heard = hear(20);
  const steps = heard.map((sample, at) => Math.abs(sample - (heard[at - 1] ?? sample)));
  expect(Math.max(...steps)).toBeLessThan(0.02);
});
