/** What the page tells the agent of sound, and when it plays and records. */

import { beforeEach, describe, expect, test } from "vitest";
import type { Bytes } from "../../../src/core/outgoing";
import {
  Sound,
  type Loudspeaker,
  type MicrophoneEvents,
  type SoundState,
} from "../../../src/core/sound";
import { FromAgent, FromBrowser, SoundFlag } from "../../../src/core/tags";
import { sound as packetOf } from "../../support/agent-messages";

class FakePlayer implements Loudspeaker {
  readonly happened: string[] = [];
  readonly held: (isHeld: boolean) => void;
  volume = -1;

  constructor(held: (isHeld: boolean) => void) {
    this.held = held;
  }

  play(packet: Bytes): void {
    this.happened.push(`play ${String(packet)}`);
  }

  finish(): Promise<void> {
    this.happened.push("finish");
    return Promise.resolve();
  }

  stop(): void {
    this.happened.push("stop");
  }

  close(): void {
    this.happened.push("close");
  }
}

const OFFERED = { offered: true, reason: "" };

let players: FakePlayer[];
let sent: number[][];
let states: SoundState[];
let notices: string[];
let microphones: { readonly events: MicrophoneEvents; isClosed: boolean }[];
let refusal: DOMException | null;
let sound: Sound;

beforeEach(() => {
  [players, sent, states, notices, microphones, refusal] = [[], [], [], [], [], null];
  sound = create(true);
});

function create(canPlay: boolean): Sound {
  return new Sound({
    canPlay: Promise.resolve(canPlay),
    createPlayer: (held) => {
      const player = new FakePlayer(held);
      players.push(player);
      return player;
    },
    canRecord: true,
    openMicrophone: (events) => {
      if (refusal !== null) return Promise.reject(refusal);
      const made = { events, isClosed: false };
      microphones.push(made);
      return Promise.resolve({
        close: () => {
          made.isClosed = true;
        },
      });
    },
    changed: (state) => states.push(state),
    noticed: (text) => notices.push(text),
  });
}

async function welcome(greeting: object = OFFERED): Promise<void> {
  sound.welcomed({ ...greeting }, (message) => sent.push([...message]));
  await Promise.resolve();
}

function hear(number: number, flags = 0): void {
  sound.hear(new DataView(packetOf(new Uint8Array([number]), { number, flags }).buffer));
}

function state(): SoundState | undefined {
  return states.at(-1);
}

const LISTEN = [FromBrowser.LISTEN, 1];
const DO_NOT = [FromBrowser.LISTEN, 0];

describe("what applications play", () => {
  test("is asked for when the agent offers it, again on every connection", async () => {
    await welcome();
    sound.lost();
    await welcome();
    expect(sent).toEqual([LISTEN, LISTEN]);
  });

  test("is not asked for where there is none, or it cannot be played", async () => {
    await welcome({ offered: false, reason: "nothing plays here" });
    expect(state()).toMatchObject({ isOffered: false, reason: "nothing plays here" });
    sound = create(false);
    await welcome();
    expect(state()).toMatchObject({ isOffered: false, hasMicrophone: true });
    expect(sent).toEqual([]);
  });

  test("is played by a player that is made for the first of it", async () => {
    await welcome();
    sound.volume = 0.5;
    expect(players).toHaveLength(0);
    hear(0);
    hear(1, SoundFlag.LAST);
    expect(players).toHaveLength(1);
    expect(players[0]?.volume).toBe(0.5);
    expect(players[0]?.happened).toEqual(["play 0", "play 1", "finish"]);
  });

  test("is acknowledged every fifth packet", async () => {
    await welcome();
    for (let number = 0; number < 11; number += 1) hear(number);
    expect(sent.slice(1).map(([tag, , low]) => [tag, low])).toEqual(
      [0, 5, 10].map((number) => [FromBrowser.HEARD, number]),
    );
  });

  test("is not sent while it is muted or the browser holds it back", async () => {
    await welcome();
    hear(0);
    sound.mute(true);
    players[0]?.held(true);
    sound.mute(false);
    players[0]?.held(false);
    expect(sent.filter(([tag]) => tag === FromBrowser.LISTEN)).toEqual([
      LISTEN,
      DO_NOT,
      DO_NOT,
      DO_NOT,
      LISTEN,
    ]);
  });

  test("is forgotten when the connection is lost", async () => {
    await welcome();
    hear(0);
    sound.lost();
    expect(players[0]?.happened.at(-1)).toBe("stop");
    sound.close();
    expect(players[0]?.happened.at(-1)).toBe("close");
  });
});

describe("the microphone", () => {
  const ON = [FromBrowser.MICROPHONE, 1];
  const OFF = [FromBrowser.MICROPHONE, 0];

  async function turnOn(): Promise<void> {
    await welcome();
    await sound.toggleMicrophone();
  }

  test("is opened when the user wants it, and sends what it hears", async () => {
    await turnOn();
    microphones[0]?.events.heard(1, new Uint8Array([7]));
    expect(state()?.microphone).toBe("on");
    expect(sent.slice(1)).toEqual([ON, [FromBrowser.VOICE, 1, 7]]);
  });

  test("is closed when the user has enough, and nothing more is sent", async () => {
    await turnOn();
    await sound.toggleMicrophone();
    microphones[0]?.events.heard(1, new Uint8Array([7]));
    expect(microphones[0]?.isClosed).toBe(true);
    expect(sent.slice(1)).toEqual([ON, OFF]);
  });

  test.each([
    ["the connection is lost", () => { sound.lost(); }, []],
    ["the device is gone", () => { microphones[0]?.events.ended(); }, [OFF]],
    ["the agent says that nobody hears it", () => {
      sound.hear(new DataView(new Uint8Array([FromAgent.MICROPHONE, 0]).buffer));
    }, [OFF]],
  ])("is closed when %s", async (_, happens, said) => {
    await turnOn();
    happens();
    expect(microphones[0]?.isClosed).toBe(true);
    expect(state()?.microphone).toBe("off");
    expect(sent.slice(2)).toEqual(said);
  });

  test("that opens when it is not wanted any more is closed at once", async () => {
    await welcome();
    const opening = sound.toggleMicrophone();
    sound.lost();
    await opening;
    expect(microphones[0]?.isClosed).toBe(true);
    expect(sent.filter(([tag]) => tag === FromBrowser.MICROPHONE)).toEqual([]);
  });

  test("that cannot be had stays off, and the user is told why", async () => {
    refusal = new DOMException("", "NotAllowedError");
    await turnOn();
    expect(state()?.microphone).toBe("off");
    expect(notices).toEqual(["This browser does not let the page use the microphone."]);
  });
});
