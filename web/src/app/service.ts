/** The service's answers to the page, outside the stream. */

import { ask } from "../core/asking";
import { asRecord, asText } from "../core/json";

/** What the page may know of its session. */
export interface Session {
  /** What tells this session from others of this browser; not a secret. */
  readonly handle: string;
  readonly stack: string;
  readonly fleet: string;
  readonly user: string;
  /** The application that the streaming URL asked for, or empty. */
  readonly application: string;
  readonly view: string;
  readonly title: string;
  /** Where users say what they think of it, or empty. */
  readonly feedback: string;
  /** The page that the user came from and may go back to: a path, or empty. */
  readonly portal: string;
}

export interface Ticket {
  readonly parameters: string;
  readonly signature: string;
}

/** Where a user may go from a session that has ended. */
interface Onward {
  /** Where the browser should go now, or empty. */
  readonly redirectUrl: string;
  /** The page that the user came from: a path, or empty. */
  readonly portal: string;
}

/** The service said no, and why. */
export class Refusal extends Error implements Onward {
  readonly status: number;
  readonly code: string;
  readonly redirectUrl: string;
  readonly portal: string;

  constructor(status: number, code: string, message: string, onward: Partial<Onward> = {}) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.redirectUrl = onward.redirectUrl ?? "";
    this.portal = onward.portal ?? "";
  }
}

export const GONE = 410;

export interface Service {
  /** The session that the ticket opens; the browser then holds the session's cookie. */
  authenticate(ticket: Ticket): Promise<Session>;
  /** The session that the page's address names, by this browser's cookie for it. */
  session(): Promise<Session>;
  /** Ends that session. */
  end(): Promise<void>;
}

export const service: Service = {
  authenticate: async (ticket) => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    return asSession(await request("POST", "/authenticate", { ...ticket, timeZone }));
  },
  session: async () => asSession(await request("GET", ofSession("/session"))),
  end: async () => {
    await request("POST", ofSession("/session/end"), {});
  },
};

/** The path for the session that the page's address names. */
export function ofSession(path: string): string {
  const handle = new URLSearchParams(location.search).get("session") ?? "";
  return `${path}?session=${encodeURIComponent(handle)}`;
}

async function request(
  method: string,
  path: string,
  body?: object,
): Promise<Record<string, unknown>> {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const how: RequestInit = { method, headers, credentials: "same-origin", ...json };
  const { ok, status, text } = await ask(path, how);
  const answer = readJson(text);
  if (ok) return answer;
  const message = asText(answer.message) || `The service answered with status ${status}.`;
  const onward = { redirectUrl: asText(answer.redirectUrl), portal: asText(answer.portalPath) };
  throw new Refusal(status, asText(answer.error), message, onward);
}

/** The JSON object in the text; empty if it is none, as a proxy's own error page. */
function readJson(text: string): Record<string, unknown> {
  try {
    return asRecord(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function asSession(answer: Record<string, unknown>): Session {
  return {
    handle: asText(answer.session),
    stack: asText(answer.stack),
    fleet: asText(answer.fleet),
    user: asText(answer.user),
    application: asText(answer.application),
    view: asText(answer.view),
    title: asText(answer.title) || asText(answer.stack),
    feedback: asText(answer.feedback),
    portal: asText(answer.portal),
  };
}
