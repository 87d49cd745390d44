// Sends one delivery of a webhook, and writes down what became of it.
import type { DeliveryTrouble } from "~/db/tables/webhooks";
import { instruments } from "~/server/observability/instruments";
import type { Services } from "~/server/services";
import { createDeliveryTurns } from "./delivery-turns";
import { giveUpEndpoint } from "./give-up-endpoint";
import type { Sent } from "./post-event";
import { sendToSlack } from "./send-to-slack";
import { sendWebhook } from "./send-webhook";
import {
  type Answered,
  claimDeliveryIfDueAcrossWorkspaces,
  findDueWorkspaceAcrossWorkspaces,
  findTargetAcrossWorkspaces,
  listSealedOfEndpointAcrossWorkspaces,
  setDeliveredIfClaimedAcrossWorkspaces,
  setEndpointFailingAcrossWorkspaces,
  setEndpointWorkingAcrossWorkspaces,
  setTroubledIfClaimedAcrossWorkspaces,
} from "./sending.queries";
import { slackMessage } from "./slack-message";
import { webhookSecretPlace } from "./webhook-secret-place";
import { webhookUrlPlace } from "./webhook-url-place";
import { failingDaysMax, webhookSecretsMax } from "./webhook-words.contract";
import { deliverWebhookJob } from "./webhooks.jobs";

type Needs = Pick<Services, "across" | "clock" | "config" | "log" | "mailer" | "queue" | "vault">;
type Claim = NonNullable<Awaited<ReturnType<typeof claimDeliveryIfDueAcrossWorkspaces>>>;
type Target = NonNullable<Awaited<ReturnType<typeof findTargetAcrossWorkspaces>>>;

const [secondMs, minuteMs, hourMs] = [1_000, 60_000, 3_600_000];
/** The waits that Standard Webhooks proposes: more than three days in all. */
export const webhookRetryDelaysMs = [
  5 * secondMs,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
  24 * hourMs,
];
const attemptsMax = webhookRetryDelaysMs.length + 1;
/** Whoever took the turn and died is waited for as long as a receiver may take, and longer. */
const leaseMs = 60_000;
/** No try in a few seconds makes these better. */
const finalTroubles: ReadonlySet<DeliveryTrouble> = new Set(["host_not_approved", "switched_off"]);

/** Of one workspace in one process. A worker does more at once, so that others' have theirs however long these take. */
const turns = createDeliveryTurns(2);

/** Of several at once one sends. A process that dies before its row says so sends it again: under the same id. */
export async function deliverWebhook(needs: Needs, { deliveryId }: { deliveryId: string }): Promise<void> {
  const workspaceId = await findDueWorkspaceAcrossWorkspaces(needs.across, { deliveryId, now: needs.clock.now() });
  const endTurn = workspaceId === null ? null : turns.take(workspaceId, deliveryId);
  if (endTurn === null) return;
  try {
    await takeAndSend(needs, deliveryId);
  } finally {
    const next = endTurn();
    if (next !== null) await needs.queue.ring(deliverWebhookJob, { deliveryId: next });
  }
}

async function takeAndSend(needs: Needs, deliveryId: string): Promise<void> {
  const now = needs.clock.now();
  const leasedUntil = new Date(now.getTime() + leaseMs);
  const claim = await claimDeliveryIfDueAcrossWorkspaces(needs.across, { deliveryId, now, leasedUntil });
  const target = claim && (await findTargetAcrossWorkspaces(needs.across, claim));
  if (!claim || !target) return;
  const sent = await send(needs, claim, target);
  instruments().webhookDeliveries.add(1, { outcome: sent.trouble ?? "delivered" });
  if (sent.trouble === null) return noteDelivered(needs, claim, sent);
  await noteTrouble(needs, { claim, target }, { ...sent, trouble: sent.trouble });
}

async function send(needs: Needs, claim: Claim, target: Target): Promise<Sent> {
  if (target.disabledAt || target.workspaceDisabledAt) return unsent("switched_off");
  if (!target.isApproved) return unsent("host_not_approved");
  if (claim.attempts > attemptsMax) return unsent("unanswered");
  const { workspaceId, endpointId, eventId, payload } = claim;
  const at = needs.clock.now();
  const sealedUrl = target.sealedUrl;
  const url = new URL(sealedUrl ? await needs.vault.open(webhookUrlPlace(workspaceId, endpointId), sealedUrl) : target.url);
  if (target.kind === "slack") {
    const { workspaceName } = target;
    const message = slackMessage(payload, { publicUrl: needs.config.publicUrl, workspaceId, workspaceName });
    return sendToSlack(needs.config.network, url, { message, at });
  }
  return sendWebhook(needs.config.network, url, { eventId, payload, at, secrets: await openSecrets(needs, claim) });
}

function unsent(trouble: DeliveryTrouble): Sent {
  return { trouble, answeredStatus: null, answeredWord: null, isGone: false, retryAfterMs: null, tookMs: 0 };
}

async function openSecrets(needs: Needs, { workspaceId, endpointId }: Claim): Promise<string[]> {
  const sealed = await listSealedOfEndpointAcrossWorkspaces(needs.across, { workspaceId, endpointId, limit: webhookSecretsMax });
  const opening = sealed.map(({ secretId, sealedSecret }) =>
    needs.vault.open(webhookSecretPlace(workspaceId, { endpointId, secretId }), sealedSecret),
  );
  return Promise.all(opening);
}

async function noteDelivered({ across, clock }: Needs, claim: Claim, sent: Sent): Promise<void> {
  const at = clock.now();
  await setDeliveredIfClaimedAcrossWorkspaces(across, claim, { ...answeredOf(sent), at });
  await setEndpointWorkingAcrossWorkspaces(across, { ...claim, at });
}

function answeredOf({ answeredStatus, answeredWord, tookMs }: Sent): Answered {
  return { answeredStatus, answeredWord, tookMs };
}

async function noteTrouble(
  needs: Needs,
  { claim, target }: { claim: Claim; target: Target },
  sent: Sent & { trouble: DeliveryTrouble },
): Promise<void> {
  const at = needs.clock.now();
  const { trouble, isGone } = sent;
  const isFinal = finalTroubles.has(trouble) || isGone;
  const delayMs = isFinal ? undefined : webhookRetryDelaysMs[claim.attempts - 1];
  const nextAttemptAt = delayMs === undefined ? null : new Date(at.getTime() + Math.max(delayMs, sent.retryAfterMs ?? 0));
  await setTroubledIfClaimedAcrossWorkspaces(needs.across, claim, { ...answeredOf(sent), trouble, at, nextAttemptAt });
  if (finalTroubles.has(trouble)) return;
  const place = { workspaceId: claim.workspaceId, endpointId: claim.endpointId, workspaceName: target.workspaceName };
  if (isGone) return giveUpEndpoint(needs, place, "gone");
  const failing = await setEndpointFailingAcrossWorkspaces(needs.across, { ...place, at });
  const failingMs = at.getTime() - (failing?.failingSince ?? at).getTime();
  if (failingMs >= failingDaysMax * 24 * hourMs) await giveUpEndpoint(needs, place, "failing");
}
