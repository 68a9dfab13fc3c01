/** The clipboard of the user's own device, as far as the browser lets the page at it. */

import { firstOf, type Content } from "./content";

export interface DeviceClipboard {
  /** Whether the page may read; "prompt" if the user would be asked, "denied" if it never may. */
  permission(): Promise<PermissionState>;
  /** What it has; null if that is nothing that passes, or the browser refuses. */
  read(): Promise<Content | null>;
  /** Whether it has this now; browsers want the page to have the focus, and some a user's gesture. */
  write(content: Content): Promise<boolean>;
}

export const deviceClipboard: DeviceClipboard = {
  permission: async () => {
    if (!hasClipboard("read")) return "denied";
    try {
      // The browsers that do not know this permission ask at each reading: there we never read.
      const { state } = await navigator.permissions.query({
        name: "clipboard-read" as PermissionName,
      });
      return state;
    } catch (error) {
      if (error instanceof TypeError) return "denied";
      throw error;
    }
  },
  read: async () => {
    try {
      return await firstOf(await navigator.clipboard.read());
    } catch (error) {
      return refused(error, null);
    }
  },
  write: async (content) => {
    if (!hasClipboard("write")) return false;
    try {
      await put(content);
      return true;
    } catch (error) {
      return refused(error, false);
    }
  },
};

async function put(content: Content): Promise<void> {
  if (content.type === "text/plain") {
    await navigator.clipboard.writeText(content.text);
    return;
  }
  const picture = new Blob([content.bytes], { type: content.type });
  await navigator.clipboard.write([new ClipboardItem({ [content.type]: picture })]);
}

/** Outside a secure context there is none; older browsers have some of its parts. */
function hasClipboard(part: "read" | "write"): boolean {
  return "clipboard" in navigator && part in navigator.clipboard;
}

function refused<T>(error: unknown, answer: T): T {
  if (error instanceof DOMException) return answer;
  throw error;
}
