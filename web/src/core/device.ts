/** The clipboard of the user's own device, as far as the browser lets the page at it. */

import { firstOf, type Content } from "./content";

export interface DeviceClipboard {
  /** Whether the page has the focus, without which nothing is written. */
  hasFocus(): boolean;
  /** Whether the page may read; "prompt" if the user would be asked, "denied" if it never may. */
  permission(): Promise<PermissionState>;
  /** What it has; null if that is nothing that passes, or the browser refuses. */
  read(): Promise<Content | null>;
  /** Whether it has this now; browsers want the page to have the focus, and some a user's gesture. */
  write(content: Content): Promise<boolean>;
}

/** One of the page's windows, with the classes of its own. */
export type PageWindow = Window & typeof globalThis;

/** The clipboard by that window of the page which has the focus, if one has it. */
export function deviceClipboard(focused: () => PageWindow): DeviceClipboard {
  return {
    hasFocus: () => focused().document.hasFocus(),
    permission: () => permissionOf(focused()),
    read: async () => {
      const page = focused();
      try {
        return await firstOf(await page.navigator.clipboard.read());
      } catch (error) {
        return refused(page, error, null);
      }
    },
    write: async (content) => {
      const page = focused();
      if (!hasClipboard(page, "write")) return false;
      try {
        await put(page, content);
        return true;
      } catch (error) {
        return refused(page, error, false);
      }
    },
  };
}

async function permissionOf(page: PageWindow): Promise<PermissionState> {
  if (!hasClipboard(page, "read")) return "denied";
  try {
    // The browsers that do not know this permission ask at each reading: there we never read.
    const { state } = await page.navigator.permissions.query({
      name: "clipboard-read" as PermissionName,
    });
    return state;
  } catch (error) {
    if (error instanceof page.TypeError) return "denied";
    throw error;
  }
}

async function put(page: PageWindow, content: Content): Promise<void> {
  const { clipboard } = page.navigator;
  if (content.type === "text/plain") {
    await clipboard.writeText(content.text);
    return;
  }
  const picture = new Blob([content.bytes], { type: content.type });
  await clipboard.write([new page.ClipboardItem({ [content.type]: picture })]);
}

/** Outside a secure context there is none; older browsers have some of its parts. */
function hasClipboard({ navigator }: PageWindow, part: "read" | "write"): boolean {
  return "clipboard" in navigator && part in navigator.clipboard;
}

function refused<T>(page: PageWindow, error: unknown, answer: T): T {
  if (error instanceof DOMException || error instanceof page.DOMException) return answer;
  throw error;
}
