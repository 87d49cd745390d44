// Signed telemetry of a process that runs elsewhere: one report per call, after its answer, tried a few times and never in anybody's way.
import { createHmac } from "node:crypto";
import { type CallFact, toTelemetryBatch } from "~/runtime/agent-host/telemetry-event";
import type { NodeGrant } from "~/runtime/contract/node-protocol";

export type Reporter = {
  report(fact: CallFact): void;
  /** Reports on their way: the runtime should not take the process away meanwhile. */
  readonly pending: number;
};

/** The names stand in runtime/contract/telemetry.ts too, which brings zod along. */
const telemetryHeaders = { deploymentId: "x-telemetry-deployment-id", signature: "x-telemetry-signature" } as const;
const waitsMs = [500, 2_000, 8_000] as const;
const answerTimeoutMs = 5_000;
const pendingMax = 1_000;

/** Keeps `fetch` and the timers as they are before the customer's code loads. */
export function createReporter(grant: Pick<NodeGrant, "telemetryKey" | "telemetryUrl" | "identity">): Reporter {
  const [send, wait] = [globalThis.fetch, globalThis.setTimeout];
  const key = Buffer.from(grant.telemetryKey, "hex");
  let pending = 0;

  async function deliver(fact: CallFact): Promise<void> {
    const body = JSON.stringify(toTelemetryBatch(grant.identity, [fact]).events[0]);
    const headers = {
      "content-type": "application/json",
      [telemetryHeaders.deploymentId]: grant.identity.deploymentId,
      [telemetryHeaders.signature]: `v1=${createHmac("sha256", key).update(body).digest("hex")}`,
    };
    for (const waitMs of [...waitsMs, null]) {
      const status = await send(grant.telemetryUrl, {
        method: "POST",
        headers,
        body,
        signal: AbortSignal.timeout(answerTimeoutMs),
      }).then(
        (answer) => answer.status,
        () => 0,
      );
      // Refused is final: the house has audited it. What is lost shows in its count of expected against received events.
      if ((status !== 0 && status !== 429 && status < 500) || waitMs === null) return;
      await new Promise<void>((resolve) => void wait(resolve, waitMs));
    }
  }

  return {
    get pending() {
      return pending;
    },
    report(fact) {
      if (pending >= pendingMax) return;
      pending += 1;
      void deliver(fact).finally(() => {
        pending -= 1;
      });
    },
  };
}
