/**
 * Which of two clipboards was filled last, the session's or that of the user's device.
 *
 * Of the device's nothing is heard, it is only seen now and then. But while the page has the focus
 * the user copies in the session, and elsewhere only while it has not.
 */

import { isSame, type Content } from "./content";

export class Latest {
  /** What the session's clipboard has; null if that is not known or nothing that passes. */
  private session: Content | null = null;
  private sessionIsEmpty = false;
  /** Whether something has been copied in the session since the page got the focus. */
  private sessionIsNewer = false;
  /** What the device's clipboard had when it was last seen. */
  private seen: Content | null = null;

  /** The user comes back to the page, and may have copied something elsewhere. */
  focused(): void {
    this.sessionIsNewer = false;
  }

  /** Something has been copied in the session, or what was copied is gone. */
  copiedThere(content: Content | null, isEmpty: boolean): void {
    this.holds(content);
    this.sessionIsEmpty = isEmpty;
    this.sessionIsNewer = !isEmpty;
  }

  /** The session's clipboard is known to have this, whenever it was copied. */
  holds(content: Content | null): void {
    this.session = content;
    this.sessionIsEmpty = false;
  }

  /** The device's clipboard has this; whether the session's should have it, too. */
  see(content: Content): boolean {
    const isChanged = this.sessionIsEmpty || !isSame(content, this.seen);
    this.seen = content;
    return isChanged && !this.sessionIsNewer && !isSame(content, this.session);
  }

  /** This has not arrived in the session: when it is seen next it is news again. */
  miss(content: Content): void {
    if (this.session === content) this.session = null;
    if (this.seen === content) this.seen = null;
  }
}
