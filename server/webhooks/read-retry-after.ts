// When a receiver wants to be asked again that takes nothing more for now (RFC 9110, section 10.2.3).
import type { GuardedAnswer } from "~/server/net/fetch-guarded";

/** Whoever asks for more waits as long as the longest wait of the table. */
const longestMs = 24 * 60 * 60_000;
const [tooManyRequests, unavailable] = [429, 503];

/** Null: it did not say, or said it in no way that can be read. */
export function readRetryAfterMs(answer: Pick<GuardedAnswer, "status" | "headers">, now: Date): number | null {
  if (answer.status !== tooManyRequests && answer.status !== unavailable) return null;
  const said = answer.headers["retry-after"];
  if (said === undefined) return null;
  const ms = /^\d{1,10}$/.test(said) ? Number(said) * 1_000 : /GMT$/.test(said) ? Date.parse(said) - now.getTime() : Number.NaN;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), longestMs);
}
