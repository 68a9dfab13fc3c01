/** Questions to the service by HTTP. */

/** The network failed, or the question was called off. */
export class Unreachable extends Error {
  constructor(cause?: unknown) {
    super("The service could not be reached. Check the network and try again.", { cause });
    this.name = "Unreachable";
  }
}

export interface Answer {
  readonly ok: boolean;
  readonly status: number;
  readonly text: string;
}

/**
 * A connection that a network has silently dropped is kept by the browser for the next request, which
 * then gets no answer for minutes. Whoever asks again gets another one.
 */
const ANSWER_WITHIN_MS = 10_000;

/** The service's own answer, no kept one; throws Unreachable if there is none in time. */
export async function ask(
  address: string,
  how: RequestInit,
  within_ms = ANSWER_WITHIN_MS,
): Promise<Answer> {
  const signal = AbortSignal.timeout(within_ms);
  try {
    const response = await fetch(address, { ...how, cache: "no-store", signal });
    return { ok: response.ok, status: response.status, text: await response.text() };
  } catch (error) {
    throw new Unreachable(error);
  }
}
