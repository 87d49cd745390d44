// For the operator: whether events are settled, and which webhook secrets are still in use (MISSION F4, F7).
import { fingerprintOf } from "~/server/payments/read-signed-event";
import type { Services } from "~/server/services";
import type { BillingHealth } from "./billing.contract";
import { countPendingEventsAcrossWorkspaces, listSecretUsesAcrossWorkspaces } from "./events.queries";

const secretsMax = 50;

export async function readBillingHealth(needs: Pick<Services, "across" | "config" | "payments">): Promise<BillingHealth> {
  const active = (needs.config.billing?.webhookSecrets ?? []).map(fingerprintOf);
  const uses = await listSecretUsesAcrossWorkspaces(needs.across, secretsMax);
  const unused = active.filter((fingerprint) => uses.every((use) => use.fingerprint !== fingerprint));
  return {
    isOn: needs.payments !== null,
    pendingEvents: await countPendingEventsAcrossWorkspaces(needs.across),
    webhookSecrets: [
      ...uses.map(({ fingerprint, lastUsedAt }) => ({ fingerprint, isActive: active.includes(fingerprint), lastUsedAt })),
      ...unused.map((fingerprint) => ({ fingerprint, isActive: true, lastUsedAt: null })),
    ],
  };
}
