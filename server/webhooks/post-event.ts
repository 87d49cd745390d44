// Posts the text of an event to an endpoint of any kind through the guarded fetch, and says what became of it (MISSION I4).
import type { DeliveryTrouble, SlackWord } from "~/db/tables/webhooks";
import { fetchGuarded, type GuardedAnswer } from "~/server/net/fetch-guarded";
import { GuardedFetchError } from "~/server/net/guarded-fetch-error";
import type { Network } from "~/server/net/network";
import { readRetryAfterMs } from "./read-retry-after";

export type Sent = {
  /** Null: it was taken. */
  trouble: DeliveryTrouble | null;
  answeredStatus: number | null;
  answeredWord: SlackWord | null;
  /** The endpoint says that it is no more. */
  isGone: boolean;
  /** No other try before so much time has passed: the receiver said so. */
  retryAfterMs: number | null;
  tookMs: number;
};

export type EventPost = {
  headers: Record<string, string>;
  /** JSON. */
  body: string;
  at: Date;
  /** What an answer means that did not take the event. */
  judge(answer: GuardedAnswer): Promise<Pick<Sent, "answeredWord" | "isGone">>;
};

const timeoutMs = 15_000;
const idleMs = 10_000;
/** Of what receivers say so much is waited for. */
const answerBytesMax = 16 * 1024;

/** Never rejects for what a receiver does. Follows no redirect: where one leads nobody has approved. */
export async function postEvent(network: Network, url: URL, post: EventPost): Promise<Sent> {
  const began = performance.now();
  const took = () => Math.round(performance.now() - began);
  const said = { answeredWord: null, isGone: false, retryAfterMs: null };
  try {
    const answer = await fetchGuarded(network, url, {
      method: "POST",
      headers: { "content-type": "application/json", ...post.headers },
      body: post.body,
      origins: [url.origin],
      timeoutMs,
      idleMs,
      bytesMax: answerBytesMax,
    });
    try {
      const trouble = troubleOf(answer.status);
      const [answeredStatus, retryAfterMs] = [answer.status, readRetryAfterMs(answer, post.at)];
      const judged = trouble === null ? said : { ...(await post.judge(answer)), retryAfterMs };
      return { trouble, answeredStatus, ...judged, tookMs: took() };
    } finally {
      await answer.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof GuardedFetchError)) throw thrown;
    const trouble = thrown.reason === "url_refused" ? "address_refused" : thrown.reason;
    return { trouble, answeredStatus: null, ...said, tookMs: took() };
  }
}

function troubleOf(status: number): DeliveryTrouble | null {
  if (status >= 200 && status < 300) return null;
  return status >= 300 && status < 400 ? "redirected" : "refused_by_receiver";
}
