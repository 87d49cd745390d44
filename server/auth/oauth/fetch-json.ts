// Asks a provider for a JSON object: over TLS, in time, without following it elsewhere, and not for more than we read.
import { readCapped } from "./read-capped";

export const providerTimeoutMs = 8_000;

/** Rejects for anything but a 200 with a JSON document; the caller says whose fault that is. */
export async function fetchJson(url: URL, headers: Record<string, string> = {}): Promise<unknown> {
  const answer = await fetch(url, {
    headers: { accept: "application/json", "user-agent": "webhost.systems", ...headers },
    redirect: "error",
    signal: AbortSignal.timeout(providerTimeoutMs),
  });
  if (answer.status !== 200) {
    await answer.body?.cancel();
    throw new Error(`${url.origin}${url.pathname} answered ${answer.status}`);
  }
  return JSON.parse(await readCapped(answer)) as unknown;
}
