// Signs an event as Standard Webhooks says and sends it to an approved host (MISSION I5).
import { Webhook } from "standardwebhooks";
import type { Network } from "~/server/net/network";
import { postEvent, type Sent } from "./post-event";

export type SignedEvent = { eventId: string; payload: string; at: Date; secrets: string[] };

const goneStatus = 410;

/** Never rejects for what a receiver does. What it says in its body is not read. */
export function sendWebhook(network: Network, url: URL, event: SignedEvent): Promise<Sent> {
  return postEvent(network, url, {
    headers: signatureHeaders(event),
    body: event.payload,
    at: event.at,
    judge: async ({ status }) => ({ answeredWord: null, isGone: status === goneStatus }),
  });
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
