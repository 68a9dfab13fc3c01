/** The sound of a session: what its applications play, and the user's microphone. */

import type { Feature, Send } from "./feature";
import { asText } from "./json";
import * as say from "./outgoing";
import type { Bytes } from "./outgoing";
import { FromAgent, SoundFlag } from "./tags";

/** The part of a Player that the session's sound is played by. */
export interface Loudspeaker {
  volume: number;
  play(packet: Bytes): void;
  finish(): Promise<void>;
  stop(): void;
  close(): void;
}

export interface OpenMicrophone {
  close(): void;
}

export interface MicrophoneEvents {
  heard(codec: number, voice: Bytes): void;
  ended(): void;
}

export interface SoundOptions {
  readonly canPlay: Promise<boolean>;
  /** `held` tells that the browser plays nothing until the user does something. */
  readonly createPlayer: (held: (isHeld: boolean) => void) => Loudspeaker;
  readonly canRecord: boolean;
  /** Asks the user for the microphone; a DOMException if it cannot be had. */
  readonly openMicrophone: (events: MicrophoneEvents) => Promise<OpenMicrophone>;
  readonly changed: (state: SoundState) => void;
  /** The user should know this. */
  readonly noticed: (text: string) => void;
}

export interface SoundState {
  /** Whether the session has sound, and this browser can play it. */
  readonly isOffered: boolean;
  /** Why not, if it is not offered. */
  readonly reason: string;
  readonly isMuted: boolean;
  /** The browser holds sound back until the user clicks or presses a key. */
  readonly isHeld: boolean;
  readonly hasMicrophone: boolean;
  readonly microphone: "off" | "opening" | "on";
}

const MUTE_PLAYER = "This browser cannot play the sound of a session.";

/** The agent hears of every so manieth packet; it sends 40 before it waits for that. */
const HEARD_EVERY = 5;

const HEADER_BYTES = 4;

export class Sound implements Feature {
  readonly name = "sound";
  readonly tags = [FromAgent.SOUND, FromAgent.MICROPHONE];
  private readonly options: SoundOptions;
  private player: Loudspeaker | null = null;
  private voice: OpenMicrophone | null = null;
  private send: Send | null = null;
  private loudness = 1;
  private state: SoundState = {
    isOffered: false,
    reason: "",
    isMuted: false,
    isHeld: false,
    hasMicrophone: false,
    microphone: "off",
  };

  constructor(options: SoundOptions) {
    this.options = options;
  }

  welcomed(greeting: Readonly<Record<string, unknown>>, send: Send): void {
    this.send = send;
    void this.options.canPlay.then((canPlay) => {
      if (this.send !== send) return; // another connection, or none, by now
      const isOffered = greeting.offered === true;
      this.show({
        isOffered: isOffered && canPlay,
        reason: isOffered && !canPlay ? MUTE_PLAYER : asText(greeting.reason),
        hasMicrophone: isOffered && this.options.canRecord,
      });
      this.listen();
    });
  }

  hear(message: DataView<ArrayBuffer>): void {
    if (message.getUint8(0) === FromAgent.MICROPHONE) {
      if (message.getUint8(1) === 0) this.closeMicrophone();
      return;
    }
    if (this.state.isMuted) return; // it was sent before the agent knew
    const number = message.getUint16(2);
    if (number % HEARD_EVERY === 0) this.send?.(say.heard(number));
    this.player ??= this.createPlayer();
    this.player.play(new Uint8Array(message.buffer, HEADER_BYTES));
    if ((message.getUint8(1) & SoundFlag.LAST) !== 0) void this.player.finish();
  }

  lost(): void {
    this.send = null;
    this.player?.stop();
    this.closeMicrophone();
  }

  /** Lets go of the devices. */
  close(): void {
    this.lost();
    this.player?.close();
    this.player = null;
  }

  mute(isMuted: boolean): void {
    this.show({ isMuted });
    if (isMuted) this.player?.stop();
    this.listen();
  }

  /** From 0 to 1. */
  set volume(volume: number) {
    this.loudness = volume;
    if (this.player !== null) this.player.volume = volume;
  }

  async toggleMicrophone(): Promise<void> {
    if (this.state.microphone === "off") await this.openMicrophone();
    else this.closeMicrophone();
  }

  private async openMicrophone(): Promise<void> {
    const send = this.send;
    if (send === null) return;
    this.show({ microphone: "opening" });
    try {
      const voice = await this.options.openMicrophone({
        heard: (codec, voice) => {
          if (this.state.microphone === "on") send(say.voice(codec, voice));
        },
        ended: () => {
          this.closeMicrophone();
        },
      });
      this.opened(voice, send);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.show({ microphone: "off" });
      this.options.noticed(whyNot(error));
    }
  }

  private opened(voice: OpenMicrophone, send: Send): void {
    if (this.send !== send || this.state.microphone !== "opening") {
      voice.close(); // it is not wanted any more
      return;
    }
    this.voice = voice;
    send(say.microphone(true));
    this.show({ microphone: "on" });
  }

  private closeMicrophone(): void {
    if (this.state.microphone === "on") this.send?.(say.microphone(false));
    this.voice?.close();
    this.voice = null;
    this.show({ microphone: "off" });
  }

  private createPlayer(): Loudspeaker {
    const player = this.options.createPlayer((isHeld) => {
      this.show({ isHeld });
      this.listen();
    });
    player.volume = this.loudness;
    return player;
  }

  /** Sound that would not be heard is not sent either. */
  private listen(): void {
    if (!this.state.isOffered) return;
    this.send?.(say.listen(!this.state.isMuted && !this.state.isHeld));
  }

  private show(changes: Partial<SoundState>): void {
    this.state = { ...this.state, ...changes };
    this.options.changed(this.state);
  }
}

function whyNot(error: DOMException): string {
  if (error.name === "NotAllowedError") return "This browser does not let the page use the microphone.";
  if (error.name === "NotFoundError") return "This device has no microphone.";
  return `The microphone cannot be used: ${error.message}`;
}
