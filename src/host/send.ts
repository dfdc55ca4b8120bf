/** Sends a small thing to a URL: bounded in time, tried again where that can help, and never an exception. */
import { setTimeout as wait } from "node:timers/promises";

export interface SendRequest {
  /** May hold a secret: it is never part of what is said about the sending. */
  readonly url: string;
  /** JSON to POST; without it the URL is only asked for (GET). */
  readonly json?: unknown;
  readonly signal: AbortSignal;
  /** Of one attempt. Default: 10 s. */
  readonly timeoutMs?: number;
  /** Default: 3. */
  readonly attempts?: number;
  /** Before the second attempt; doubled before each one after. Default: 1 s. */
  readonly firstWaitMs?: number;
}

export type Sent = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** Answers that another attempt may change. */
const isPassing = (status: number) => status === 408 || status === 429 || status >= 500;

/** What went wrong, by the system's code: a message could repeat the URL. */
function whyOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  return name === "TimeoutError" ? "no answer in time" : (cause?.code ?? name ?? "it failed");
}

async function attempt({ url, json, signal, timeoutMs = 10_000 }: SendRequest): Promise<Sent & { again?: boolean }> {
  try {
    const answer = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      // A message must not wander on to a place that nobody named.
      redirect: "manual",
      headers: { "user-agent": "fogbell" },
      ...(json === undefined
        ? {}
        : {
            method: "POST",
            body: JSON.stringify(json),
            headers: { "user-agent": "fogbell", "content-type": "application/json" },
          }),
    });
    await answer.body?.cancel();
    if (answer.ok) return { ok: true };
    return { ok: false, why: `the answer was ${answer.status}`, again: isPassing(answer.status) };
  } catch (error) {
    return { ok: false, why: whyOf(error), again: !signal.aborted };
  }
}

/** Waits twice as long before each further try, in milliseconds. Resolves with what came of the last one; never throws. */
export async function send(request: SendRequest): Promise<Sent> {
  const { attempts = 3, firstWaitMs = 1000, signal } = request;
  for (let number = 1; ; number++) {
    const { again, ...sent } = await attempt(request);
    if (sent.ok || again !== true || number >= attempts) return sent;
    await wait(firstWaitMs * 2 ** (number - 1), undefined, { signal }).catch(() => {});
    if (signal.aborted) return sent;
  }
}
