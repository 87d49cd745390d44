// Tells the house what a call used, signed with a key that can only sign, after the answer and with bounded patience.
import { estimateCost } from "~/runtime/contract/estimate-cost";
import type { PlacedScript } from "~/runtime/contract/placed-script";
import type { TelemetryEvent } from "~/runtime/contract/telemetry";
import { toHex } from "./verify-call";

// Taken before the customer's module has run, so that it cannot put its own in their place.
const { subtle } = crypto;
const sign = subtle.sign.bind(subtle);
const send = fetch.bind(globalThis);
const encoder = new TextEncoder();

/** The names stand in runtime/contract/telemetry.ts too, which brings zod along. */
const headers = { deploymentId: "x-telemetry-deployment-id", signature: "x-telemetry-signature" } as const;
const attemptsMax = 3;
const attemptTimeoutMs = 5_000;
const firstPauseMs = 200;

export type CallUse = Pick<
  TelemetryEvent,
  "eventId" | "traceId" | "timestamp" | "llmTokens" | "computeMs" | "toolCalls" | "errors" | "errorClass"
>;

/** Never rejects: a report that does not arrive is seen by the house as one that is missing. */
export async function reportCall(placed: PlacedScript, key: CryptoKey, use: CallUse): Promise<void> {
  const body = encoder.encode(JSON.stringify(eventOf(placed, use)));
  const signature = toHex(await sign("HMAC", key, body));
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, firstPauseMs * 4 ** (attempt - 1)));
    if (await isTaken(placed, body, signature)) return;
  }
}

/** Also true when asking again cannot help: the event is wrong, and will be. */
async function isTaken(placed: PlacedScript, body: Uint8Array<ArrayBuffer>, signature: string): Promise<boolean> {
  try {
    const answer = await send(placed.telemetryUrl, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        [headers.deploymentId]: placed.deploymentId,
        [headers.signature]: `v1=${signature}`,
      },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(attemptTimeoutMs),
    });
    await answer.body?.cancel();
    return answer.status < 500 && answer.status !== 429;
  } catch {
    return false;
  }
}

function eventOf({ userId, agentId, deploymentId }: PlacedScript, use: CallUse): TelemetryEvent {
  const requests = 1;
  const costUsdEstimated = estimateCost({ requests, computeMs: use.computeMs, llmTokens: use.llmTokens }, "cloudflare");
  return { ...use, userId, agentId, deploymentId, runtimeProvider: "cloudflare", requests, costUsdEstimated, provider: {} };
}
