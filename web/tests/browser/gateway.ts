/** A gateway for one browser test: it serves the built page and says what the test tells it to. */

import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { WebSocketServer, type WebSocket } from "ws";
import { FromAgent, FromBrowser } from "../../src/core/tags";

const STATIC = join(import.meta.dirname, "../../../src/ownstream/gateway/static");

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join("; ");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

export interface Answer {
  readonly status: number;
  readonly body: object;
}

export const demoSession = {
  session: "5e55",
  stack: "demo",
  fleet: "demo-fleet",
  user: "ada",
  application: "",
  view: "DESKTOP",
  title: "Demo",
  state: "ACTIVE",
};

/** One WebSocket of the page, seen from the agent's side, which answers every PING. */
export class AgentSide {
  readonly received: Uint8Array[] = [];
  private readonly socket: WebSocket;
  private readonly waiting = new Set<() => void>();
  private isSilent = false;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data: Buffer) => {
      if (this.isSilent) return;
      const message = new Uint8Array(data);
      this.received.push(message);
      if (message[0] === FromBrowser.PING) {
        this.say(new Uint8Array([FromAgent.PONG, ...message.subarray(1)]));
      }
      for (const look of [...this.waiting]) look();
    });
  }

  say(...messages: readonly Uint8Array[]): void {
    for (const message of messages) this.socket.send(message);
  }

  close(code: number): void {
    this.socket.close(code);
  }

  /** From now on nothing is heard or answered, as in a network that swallows everything. */
  fallSilent(): void {
    this.isSilent = true;
  }

  /** Breaks the connection without a word. */
  cut(): void {
    this.socket.terminate();
  }

  /** All messages of this tag, once there are as many as `count`. */
  async heard(tag: number, count = 1): Promise<readonly Uint8Array[]> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.received.filter((message) => message[0] === tag);
        if (found.length < count) return;
        this.waiting.delete(look);
        resolve(found);
      };
      this.waiting.add(look);
      look();
    });
  }
}

export class Gateway {
  /** By method and path, with or without the query; what is asked for is kept in `requests`. */
  readonly answers = new Map<string, Answer>([
    ["POST /authenticate", { status: 200, body: demoSession }],
    ["GET /session", { status: 200, body: demoSession }],
    ["POST /session/end", { status: 200, body: {} }],
  ]);
  readonly requests: { readonly name: string; readonly query: string; readonly body: string }[] =
    [];
  /** The theme that the page is given; null for none. */
  theme: object | null = null;
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({ noServer: true });
  private readonly arrived: AgentSide[] = [];
  private waiting: ((agent: AgentSide) => void)[] = [];

  constructor() {
    this.server = createServer((request, response) => {
      void this.answer(request, response);
    });
    this.server.on("upgrade", (request, socket, head) => {
      this.sockets.handleUpgrade(request, socket, head, (made) => {
        this.arrive(new AgentSide(made));
      });
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.listen(0, "127.0.0.1", resolve);
    });
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets.clients) socket.terminate();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A streaming URL, whose ticket is a+b/c= and s+/= before it is encoded. */
  get streamingUrl(): string {
    return `${this.origin}/authenticate?parameters=a%2Bb%2Fc%3D&signature=s%2B%2F%3D`;
  }

  /** The next WebSocket that the page opens, or opened and nobody has taken yet. */
  async connection(): Promise<AgentSide> {
    const agent = this.arrived.shift();
    if (agent !== undefined) return agent;
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private arrive(agent: AgentSide): void {
    const waiting = this.waiting.shift();
    if (waiting === undefined) this.arrived.push(agent);
    else waiting(agent);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, search } = new URL(request.url ?? "/", this.origin);
    const name = `${request.method ?? ""} ${path}`;
    const query = decodeURIComponent(search);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    this.requests.push({ name, query, body: Buffer.concat(chunks).toString() });
    const answer = this.answers.get(name + query) ?? this.answers.get(name);
    if (answer === undefined) {
      await serveFile(path, response, this.theme);
      return;
    }
    response.writeHead(answer.status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(answer.body));
  }
}

async function serveFile(
  path: string,
  response: ServerResponse,
  theme: object | null,
): Promise<void> {
  const isPage = path === "/" || path === "/authenticate";
  if (!isPage && !path.startsWith("/assets/")) {
    response.writeHead(404).end();
    return;
  }
  const file = isPage ? "/index.html" : path;
  const headers = { "Content-Type": TYPES[extname(file)] ?? "", "Content-Security-Policy": POLICY };
  const content = await readFile(join(STATIC, file));
  response.writeHead(200, headers).end(isPage ? dressed(content.toString(), theme) : content);
}

/** The page with its theme, as the service puts it there. */
function dressed(page: string, theme: object | null): string {
  if (theme === null) return page;
  const content = JSON.stringify(theme).replaceAll('"', "&quot;");
  return page.replace("</head>", `<meta name="ownstream-theme" content="${content}" /></head>`);
}
