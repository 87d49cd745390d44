// Signs an event as Standard Webhooks says and sends it to an approved host, through the guarded fetch (MISSION I4, I5).
import { Webhook } from "standardwebhooks";
import type { DeliveryTrouble } from "~/db/tables/webhooks";
import { fetchGuarded } from "~/server/net/fetch-guarded";
import { GuardedFetchError } from "~/server/net/guarded-fetch-error";
import type { Network } from "~/server/net/network";

export type SignedEvent = { eventId: string; payload: string; at: Date; secrets: string[] };

export type Sent = {
  /** Null: it was taken. */
  trouble: DeliveryTrouble | null;
  answeredStatus: number | null;
  tookMs: number;
};

const timeoutMs = 15_000;
const idleMs = 10_000;
/** What receivers say is not kept; so much of it is waited for. */
const answerBytesMax = 16 * 1024;

/** Never rejects for what a receiver does. Follows no redirect: where one leads nobody has approved. */
export async function sendWebhook(network: Network, url: URL, event: SignedEvent): Promise<Sent> {
  const began = performance.now();
  const took = () => Math.round(performance.now() - began);
  try {
    const answer = await fetchGuarded(network, url, {
      method: "POST",
      headers: { "content-type": "application/json", ...signatureHeaders(event) },
      body: event.payload,
      origins: [url.origin],
      timeoutMs,
      idleMs,
      bytesMax: answerBytesMax,
    });
    await answer.close();
    return { trouble: troubleOf(answer.status), answeredStatus: answer.status, tookMs: took() };
  } catch (thrown) {
    if (!(thrown instanceof GuardedFetchError)) throw thrown;
    const trouble = thrown.reason === "url_refused" ? "address_refused" : thrown.reason;
    return { trouble, answeredStatus: null, tookMs: took() };
  }
}

/** One signature for each secret: receivers take the event when any of them is theirs. */
function signatureHeaders({ eventId, payload, at, secrets }: SignedEvent): Record<string, string> {
  const signatures = secrets.map((secret) => new Webhook(secret).sign(eventId, at, payload));
  return {
    "webhook-id": eventId,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": signatures.join(" "),
  };
}

function troubleOf(status: number): DeliveryTrouble | null {
  if (status >= 200 && status < 300) return null;
  return status >= 300 && status < 400 ? "redirected" : "refused_by_receiver";
}
