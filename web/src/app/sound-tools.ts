/** The controls of a session's sound: how loud it is, and whether the microphone is on. */

import { canPlaySound, Player } from "../core/player";
import { Sound, type SoundState } from "../core/sound";
import type { Timers } from "../core/timers";
import { canRecord, Voice } from "../core/voice";
import playerScript from "../core/worklets/player?worker&url";
import recorderScript from "../core/worklets/recorder?worker&url";
import { element, icon, iconButton } from "./dom";

export interface SoundToolsOptions {
  readonly timers: Timers;
  readonly noticed: (text: string) => void;
  /** The user is done with a control. */
  readonly done: () => void;
}

const HELD = "Sound begins when you click or press a key";

export class SoundTools {
  readonly element: HTMLElement;
  readonly sound: Sound;
  private readonly loudspeaker: HTMLButtonElement;
  private readonly microphone: HTMLButtonElement;
  private readonly slider = element("input", {
    class: "volume",
    type: "range",
    min: "0",
    max: "1",
    step: "0.05",
    value: "1",
    "aria-label": "Volume",
    title: "Volume",
  });
  private isMuted = false;

  constructor(options: SoundToolsOptions) {
    this.sound = createSound(options, (state) => {
      this.show(state);
    });
    const mute = (): void => {
      this.sound.mute(!this.isMuted);
      options.done();
    };
    this.loudspeaker = iconButton({ label: "Mute", icon: "loud", class: "tool", action: mute });
    const toggle = (): void => {
      void this.sound.toggleMicrophone();
      options.done();
    };
    const microphone = { label: "Microphone", icon: "microphone" } as const;
    this.microphone = iconButton({ ...microphone, class: "tool microphone", action: toggle });
    this.slider.addEventListener("input", () => {
      this.sound.volume = this.slider.valueAsNumber;
      if (this.isMuted) this.sound.mute(false);
    });
    this.slider.addEventListener("change", options.done);
    const loudness = element("div", { class: "loudness" }, this.loudspeaker, this.slider);
    this.element = element("div", { class: "sound", hidden: "" }, loudness, this.microphone);
  }

  private show(state: SoundState): void {
    this.isMuted = state.isMuted;
    this.element.hidden = !state.isOffered && state.reason === "";
    this.showLoudness(state);
    this.microphone.hidden = !state.hasMicrophone;
    this.microphone.dataset.state = state.microphone;
    this.microphone.setAttribute("aria-pressed", String(state.microphone !== "off"));
    this.microphone.title = {
      off: "Microphone: off",
      opening: "Microphone: the browser asks you",
      on: "Microphone: on, applications can hear you",
    }[state.microphone];
  }

  private showLoudness({ isOffered, reason, isMuted, isHeld }: SoundState): void {
    const isSilent = !isOffered || isMuted || isHeld;
    const label = isMuted ? "Unmute" : "Mute";
    this.loudspeaker.querySelector(".icon")?.replaceWith(icon(isSilent ? "muted" : "loud"));
    this.loudspeaker.querySelector(".label")?.replaceChildren(label);
    this.loudspeaker.disabled = !isOffered;
    this.slider.disabled = !isOffered;
    this.loudspeaker.title = isOffered ? (isHeld && !isMuted ? HELD : label) : `No sound: ${reason}`;
  }
}

function createSound(options: SoundToolsOptions, changed: (state: SoundState) => void): Sound {
  const { timers, noticed } = options;
  return new Sound({
    canPlay: canPlaySound(),
    createPlayer: (held) => new Player({ script: playerScript, timers, held }),
    canRecord: canRecord(),
    openMicrophone: (events) => Voice.open(recorderScript, events),
    changed,
    noticed,
  });
}
