/** The session's open windows: told by the agent, shown, minimised and closed by it. */

import type { Feature, Send } from "./feature";
import { asList, asNumber, asRecord, asText } from "./json";
import { windowAct } from "./outgoing";
import { FromAgent, WindowAct } from "./tags";

export interface OpenWindow {
  readonly id: number;
  readonly title: string;
  /** Whether it has the keyboard. */
  readonly active: boolean;
  readonly minimised: boolean;
}

export class Windows implements Feature {
  readonly name = "windows";
  readonly tags = [FromAgent.WINDOWS];
  private readonly changed: (windows: readonly OpenWindow[]) => void;
  private send: Send = () => undefined;

  /** `changed` is told of all windows, oldest first, whenever one of them is new, other or gone. */
  constructor(changed: (windows: readonly OpenWindow[]) => void) {
    this.changed = changed;
  }

  welcomed(greeting: Readonly<Record<string, unknown>>, send: Send): void {
    this.send = send;
    this.changed(openWindows(greeting));
  }

  hear(message: DataView<ArrayBuffer>): void {
    const body = new TextDecoder().decode(new Uint8Array(message.buffer, 1));
    this.changed(openWindows(asRecord(JSON.parse(body))));
  }

  lost(): void {
    this.send = () => undefined;
  }

  show(id: number): void {
    this.send(windowAct(id, WindowAct.SHOW));
  }

  minimise(id: number): void {
    this.send(windowAct(id, WindowAct.MINIMISE));
  }

  close(id: number): void {
    this.send(windowAct(id, WindowAct.CLOSE));
  }
}

function openWindows(body: Readonly<Record<string, unknown>>): readonly OpenWindow[] {
  return asList(body.windows)
    .map(asRecord)
    .map(({ id, title, active, minimised }) => ({
      id: asNumber(id),
      title: asText(title),
      active: active === true,
      minimised: minimised === true,
    }));
}
