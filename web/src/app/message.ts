/** A page that is nothing but a message: a refusal, an error, the session's end. */

import { Unreachable } from "../core/asking";
import type { End } from "../core/incoming";
import { realTimers } from "../core/timers";
import { webAddress } from "./addresses";
import { button, element, icon, present, type ButtonOptions } from "./dom";
import type { IconName } from "./icons";
import { GONE, Refusal } from "./service";
import { endingHeadline, isPassing, refusalHeadline } from "./texts";
import { linksOf, logoOf, nameTab, themeOf } from "./theme";

export interface Message {
  readonly state: "ended" | "error";
  readonly icon: IconName;
  readonly headline: string;
  readonly text: string;
  readonly action?: ButtonOptions;
  /** Why, in the service's word. */
  readonly reason?: string;
  /** The status of the service's refusal. */
  readonly status?: number;
  /** Where the browser goes next by itself; empty for nowhere. */
  readonly next?: string;
  /** Where the user can say what they think of the session; empty for nowhere. */
  readonly feedback?: string;
  /** The page with the user's applications: a path, or empty for none. */
  readonly portal?: string;
}

interface MessageData {
  readonly state: string;
  readonly reason: string;
  readonly status: string;
}

/** What is left to say when nothing else is. */
const CLOSE = "You can close this window.";

/** Long enough to read why the session has ended. */
const ONWARD_MS = 5000;

const reload: ButtonOptions = {
  label: "Try again",
  action: () => {
    location.reload();
  },
};

/** Puts the message in place of everything on the page. */
export function showMessage(message: Message): void {
  nameTab(message.headline);
  const heading = element("h1", { tabindex: "-1" }, message.headline);
  const card = element(
    "div",
    { class: "message-card" },
    element("div", { class: `message-icon ${message.state}` }, icon(message.icon)),
    heading,
  );
  const isLast = !message.next && !message.portal;
  const text = withoutHeadline(message) || (isLast ? CLOSE : "");
  if (text !== "") card.append(element("p", {}, text));
  if (message.next) card.append(onward(message.next));
  if (message.action) card.append(button({ ...message.action, class: "button primary" }));
  if (message.portal) card.append(portalLink(message.portal));
  if (message.feedback) card.append(feedbackLink(message.feedback));
  const theme = themeOf(document);
  const content = present(logoOf(theme), card, linksOf(theme));
  const column = element("div", { class: "message-column" }, ...content);
  document.body.replaceChildren(element("main", { class: "message" }, column));
  // Last, since it is what others wait for.
  Object.assign(document.documentElement.dataset, dataOf(message));
  heading.focus();
}

/** The message for what the service refused; rethrows what is no answer of the service. */
export function messageOf(error: unknown): Message {
  if (error instanceof Unreachable) {
    const headline = "The service cannot be reached";
    return { state: "error", icon: "link", headline, text: error.message, action: reload };
  }
  if (!(error instanceof Refusal)) throw error;
  if (error.status === GONE) {
    const { code, message, redirectUrl, portal } = error;
    return { ...ending({ reason: code, message, redirectUrl }), portal };
  }
  const refusal: Message = {
    state: "error",
    icon: error.code === "expired_url" ? "clock" : "link",
    headline: refusalHeadline(error.code),
    text: error.message,
    reason: error.code,
    status: error.status,
  };
  return isPassing(error.code) ? { ...refusal, icon: "clock", action: reload } : refusal;
}

/** The message at the session's end. */
export function ending(end: End): Message {
  const message: Message = {
    state: "ended",
    icon: end.reason === "ended_by_user" ? "check" : "power",
    headline: endingHeadline(end.reason),
    text: end.message,
    reason: end.reason,
    next: webAddress(end.redirectUrl),
  };
  if (end.reason !== "idle") return message;
  return { ...message, icon: "clock", action: { ...reload, label: "Continue" } };
}

/** The session goes on in another window. */
export const takenOver: Message = {
  state: "error",
  icon: "windows",
  headline: "Your session is open in another window",
  text: "It can be shown in one window at a time. Your applications are still running.",
  action: { ...reload, label: "Use here" },
};

function dataOf({ state, reason = "", status = 0 }: Message): MessageData {
  return { state, reason, status: String(status) };
}

/** The text, without a first sentence that only says the headline again. */
function withoutHeadline({ headline, text }: Message): string {
  const again = `${headline}.`;
  return text.startsWith(again) ? text.slice(again.length).trim() : text;
}

function feedbackLink(href: string): HTMLElement {
  const attributes = { href, target: "_blank", rel: "noopener noreferrer", class: "feedback" };
  return element("a", attributes, "Send feedback");
}

function portalLink(href: string): HTMLElement {
  return element("a", { href, class: "button primary" }, "Your applications");
}

function onward(address: string): HTMLElement {
  realTimers.after(ONWARD_MS, () => {
    location.assign(address);
  });
  const link = element("a", { href: address }, new URL(address).host);
  return element("p", { class: "onward" }, "You will be taken to ", link, ".");
}
