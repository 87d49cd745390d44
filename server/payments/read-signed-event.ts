// Proves a delivery by Stripe's own check, against every secret that is active, and says what it is about (MISSION H2, F4).
import type Stripe from "stripe";
import { AppError } from "~/server/errors";
import { sha256Hex } from "~/server/sha256";
import type { SignedEvent } from "./payments";

const toleranceSeconds = 300;

type Needs = { webhooks: Stripe["webhooks"]; secrets: readonly string[]; isLive: boolean };
type Delivery = { raw: Buffer; signature: string | undefined; now: Date };

export function readSignedEvent(needs: Needs, { raw, signature, now }: Delivery): SignedEvent {
  if (!signature) throw refusal("missing_signature");
  const nowMs = now.getTime();
  for (const secret of needs.secrets) {
    const event = tryOpen(needs, secret, { raw, signature, nowMs });
    if (event) return toSignedEvent(event, { secret, isLive: needs.isLive });
  }
  throw refusal("bad_signature");
}

/** Null when this secret did not sign it, or not within the window. */
function tryOpen(
  needs: Needs,
  secret: string,
  { raw, signature, nowMs }: { raw: Buffer; signature: string; nowMs: number },
): Stripe.Event | null {
  if (signedAtSeconds(signature) > nowMs / 1_000 + toleranceSeconds) return null;
  try {
    return needs.webhooks.constructEvent(raw, signature, secret, toleranceSeconds, undefined, nowMs);
  } catch {
    // Whatever the reason, the sender learns one thing only: it was not proven.
    return null;
  }
}

/** Stripe's own check refuses what is old, not what comes from the future. */
function signedAtSeconds(signature: string): number {
  return Number(/(?:^|,)t=(\d{1,12})(?:,|$)/.exec(signature)?.[1] ?? 0);
}

/** Enough to tell secrets apart in the database. */
export function fingerprintOf(secret: string): string {
  return sha256Hex(secret).slice(0, 16);
}

function toSignedEvent(event: Stripe.Event, { secret, isLive }: { secret: string; isLive: boolean }): SignedEvent {
  const object = (event.data?.object ?? {}) as unknown as Record<string, unknown>;
  const kind = object["object"];
  if (typeof event.id !== "string" || typeof event.type !== "string" || typeof event.created !== "number") {
    throw new AppError("INVALID_REQUEST", "The body is signed, but it is no event: id, type or created is missing.");
  }
  return {
    id: event.id.slice(0, 255),
    type: event.type.slice(0, 100),
    createdAt: new Date(event.created * 1_000),
    isOurMode: event.livemode === isLive,
    subjectId: idIn(object["id"]),
    customerId: kind === "customer" ? idIn(object["id"]) : idIn(object["customer"]),
    chargeId: kind === "charge" ? idIn(object["id"]) : idIn(object["charge"]),
    fingerprint: fingerprintOf(secret),
  };
}

/** Stripe names an object by its id, or spells it out. */
function idIn(value: unknown): string | null {
  const named = typeof value === "object" && value !== null && "id" in value ? value.id : value;
  return typeof named === "string" && named.length <= 255 ? named : null;
}

function refusal(reason: string): AppError {
  return new AppError(
    "UNAUTHENTICATED",
    "This delivery is not signed by Stripe with a secret of ours within the last five minutes.",
    {
      details: { reason },
    },
  );
}
