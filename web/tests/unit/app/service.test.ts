/** The service's answers to the page. */

import { afterEach, expect, test, vi } from "vitest";
import { Refusal, service } from "../../../src/app/service";
import { Unreachable } from "../../../src/core/asking";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function answerWith(answer: () => Promise<Response>): ReturnType<typeof vi.fn> {
  const fetch = vi.fn(answer);
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

function json(status: number, body: object): () => Promise<Response> {
  return () => Promise.resolve(new Response(JSON.stringify(body), { status }));
}

test("a ticket is posted as JSON and opens a session", async () => {
  const fetch = answerWith(json(200, { session: "5e55", stack: "s", fleet: "f", view: "APP", title: "Title" }));
  const session = await service.authenticate({ parameters: "a+b/c=", signature: "s=" });
  expect(session).toEqual({
    handle: "5e55",
    stack: "s",
    fleet: "f",
    user: "",
    application: "",
    view: "APP",
    title: "Title",
    feedback: "",
    portal: "",
  });
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  expect(fetch).toHaveBeenCalledExactlyOnceWith("/authenticate", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: `{"parameters":"a+b/c=","signature":"s=","timeZone":"${timeZone}"}`,
    credentials: "same-origin",
    cache: "no-store",
    signal: expect.any(AbortSignal) as AbortSignal,
  });
});

test("a refusal has the service's code and words", async () => {
  answerWith(json(401, { error: "no_session", message: "There is none." }));
  const refusal = service.session();
  await expect(refusal).rejects.toBeInstanceOf(Refusal);
  await expect(refusal).rejects.toMatchObject({
    status: 401,
    code: "no_session",
    message: "There is none.",
  });
});

test("a proxy's error page is a refusal, too", async () => {
  answerWith(() => Promise.resolve(new Response("<h1>Bad gateway</h1>", { status: 502 })));
  await expect(service.session()).rejects.toMatchObject({ status: 502, code: "" });
});

test("a network that fails is no refusal", async () => {
  answerWith(() => Promise.reject(new TypeError("Failed to fetch")));
  await expect(service.end()).rejects.toBeInstanceOf(Unreachable);
});

test("a service that does not answer in ten seconds is not reached", async () => {
  const waiting = new AbortController();
  const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(waiting.signal);
  const fetch = (_: string, { signal }: { signal: AbortSignal }): Promise<never> =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        reject(signal.reason as Error);
      });
    });
  vi.stubGlobal("fetch", fetch);
  const ended = service.end();
  waiting.abort();
  await expect(ended).rejects.toBeInstanceOf(Unreachable);
  expect(timeout).toHaveBeenCalledExactlyOnceWith(10_000);
});
