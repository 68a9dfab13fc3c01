/** The page's beginning: a streaming URL's ticket, or this browser's cookie, becomes a session. */

import type { Socket } from "../core/connection";
import { canDecodeH264 } from "../core/h264";
import type { CodecName } from "../core/outgoing";
import { realTimers } from "../core/timers";
import { Embedding } from "./embedding";
import { messageOf, showMessage } from "./message";
import { devicePreferences } from "./preferences";
import { ofSession, service, type Session, type Ticket } from "./service";
import { SessionPage } from "./session-page";
import { themeOf, wear } from "./theme";

wear(document, themeOf(document));
const embedding = new Embedding();
await open();

async function open(): Promise<void> {
  try {
    const ticket = ticketIn(location);
    const admitted = ticket === null ? service.session() : service.authenticate(ticket);
    const [session, codecs] = await Promise.all([admitted, usableCodecs()]);
    history.replaceState(null, "", landingAddress(session));
    const preferences = devicePreferences();
    const parts = { session, codecs, service, preferences, openSocket, timers: realTimers };
    const page = new SessionPage(parts);
    page.start();
    embedding.serve(page);
  } catch (error) {
    showMessage(messageOf(error));
  }
}

/** The ticket of a streaming URL; null if the address is none. */
function ticketIn({ pathname, search }: Location): Ticket | null {
  if (pathname !== "/authenticate") return null;
  const query = new URLSearchParams(search);
  return {
    parameters: query.get("parameters") ?? "",
    signature: query.get("signature") ?? "",
  };
}

/** Where the browser lands: an address without the ticket, which the history may keep. */
function landingAddress({ handle, fleet, application }: Session): string {
  const reference = encodeURIComponent(`fleet/${fleet}`);
  const place = `#/streaming/?reference=${reference}&app=${encodeURIComponent(application)}`;
  return `/?session=${encodeURIComponent(handle)}${place}`;
}

async function usableCodecs(): Promise<readonly CodecName[]> {
  return (await canDecodeH264()) ? ["h264", "jpeg"] : ["jpeg"];
}

function openSocket(): Socket {
  return new WebSocket(new URL(ofSession("/stream"), location.href.replace(/^http/, "ws")));
}
