/** What a session has beside picture and input: each feature answers for messages of its own. */

import type { Bytes } from "./outgoing";

/** A message is dropped if no connection is open. */
export type Send = (message: Bytes) => void;

export interface Feature {
  /** Under which name the agent's WELCOME tells of it. */
  readonly name: string;
  /** The agent's messages that it answers for. */
  readonly tags: readonly number[];
  /**
   * An agent serves the session, again after every reconnection. `greeting` is what it tells of this
   * feature; it is empty if the agent knows none of this name.
   */
  welcomed(greeting: Readonly<Record<string, unknown>>, send: Send): void;
  hear(message: DataView<ArrayBuffer>): void;
  /** The connection is gone, for good or until the next welcome. */
  lost(): void;
}
