// Starts what waits for it in one workspace anew with today's secrets, one version after the other. The rows say how far it has come.
import { inTransaction } from "~/db/transaction";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import { type AppError, toAppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { withDeadline } from "~/server/with-deadline";
import {
  findRuntimeOfVersionAcrossWorkspaces,
  listOpenForUpdateAcrossWorkspaces,
  setRefreshDoneIfNoFurtherWishAcrossWorkspaces,
  setRefreshFailedIfRunningAcrossWorkspaces,
  setRefreshHeartbeatAcrossWorkspaces,
  setRefreshRunningIfWaitingAcrossWorkspaces,
  setRefreshWaitingIfRunningAcrossWorkspaces,
} from "./refreshes.queries";

type Needs = Pick<Services, "across" | "clock" | "log" | "providers">;
type OpenRow = Awaited<ReturnType<typeof listOpenForUpdateAcrossWorkspaces>>[number];
type HeldRow = Pick<OpenRow, "deploymentId" | "agentId" | "workspaceId" | "wishes" | "attempts" | "requestedAt">;

/** Without a sign of life for so long, whoever works on one is taken for dead. */
export const refreshLeaseMs = 30_000;
const heartbeatMs = 5_000;
/** One restart waits for calls in flight, which a plan bounds well below this. */
const refreshMsMax = 30 * 60_000;
/** A runtime that cannot be reached is tried again until then. */
const patienceMs = 60 * 60_000;
const openMax = 500;
/** More than one ring has to do: the sweep rings again for the rest. */
const turnsMax = 1_000;

/** Safe to deliver twice: of several workers one takes up a workspace. Resolves when nothing waits, or when it has to wait itself. */
export async function refreshSecrets(
  needs: Needs,
  { workspaceId }: { workspaceId: string },
  draining: AbortSignal,
): Promise<void> {
  for (let turn = 0; turn < turnsMax && !draining.aborted; turn += 1) {
    const held = await takeNext(needs, workspaceId);
    if (held === null || !(await carryOut(needs, held, draining))) return;
  }
}

/** Null when nothing waits, or when another worker is at it. What a dead worker held goes back to its place first. */
function takeNext(needs: Needs, workspaceId: string): Promise<HeldRow | null> {
  const now = needs.clock.now();
  // A sign of life far ahead is of a clock that was set back since.
  const isDead = ({ heartbeatAt }: OpenRow) =>
    heartbeatAt === null || Math.abs(now.getTime() - heartbeatAt.getTime()) > refreshLeaseMs;
  return inTransaction(needs.across, async (tx) => {
    const open = await listOpenForUpdateAcrossWorkspaces(tx, workspaceId, openMax);
    const running = open.filter(({ status }) => status === "running");
    if (running.some((row) => !isDead(row))) return null;
    for (const row of running) await setRefreshWaitingIfRunningAcrossWorkspaces(tx, row);
    const [next] = open;
    const attempts = next ? await setRefreshRunningIfWaitingAcrossWorkspaces(tx, next, now) : null;
    return next && attempts !== null ? { ...next, attempts } : null;
  });
}

/** Whether the next one may be taken up. */
async function carryOut(needs: Needs, held: HeldRow, draining: AbortSignal): Promise<boolean> {
  const lost = new AbortController();
  const timer = setInterval(() => void beat(needs, held, lost), heartbeatMs);
  try {
    const signal = withDeadline(refreshMsMax, draining, lost.signal);
    const version = await findRuntimeOfVersionAcrossWorkspaces(needs.across, held);
    if (version) await needs.providers.get(version.runtime).refreshSecrets(held, { signal });
    await noteDone(needs, held);
    return true;
  } catch (thrown) {
    if (lost.signal.aborted) return false;
    return noteTrouble(needs, held, { error: toAppError(thrown), isDraining: draining.aborted });
  } finally {
    clearInterval(timer);
  }
}

async function beat(needs: Needs, held: HeldRow, lost: AbortController): Promise<void> {
  try {
    if (!(await setRefreshHeartbeatAcrossWorkspaces(needs.across, held, needs.clock.now()))) lost.abort();
  } catch (error) {
    needs.log.warn({ err: error, deploymentId: held.deploymentId }, "a restart's sign of life could not be written");
  }
}

/** Wished for again while it was under way: it may have begun before the newest value was set, so it goes once more. */
async function noteDone(needs: Needs, held: HeldRow): Promise<void> {
  await inTransaction(needs.across, async (tx) => {
    if (await setRefreshDoneIfNoFurtherWishAcrossWorkspaces(tx, held, needs.clock.now())) {
      await recordWorkspaceAudit(tx, held.workspaceId, actOf(held, "secret.applied"));
    } else {
      await setRefreshWaitingIfRunningAcrossWorkspaces(tx, held);
    }
  });
}

/** Whoever drains leaves it to the next worker; a runtime that is away is tried again by the sweep. */
async function noteTrouble(needs: Needs, held: HeldRow, trouble: { error: AppError; isDraining: boolean }): Promise<boolean> {
  const { error, isDraining } = trouble;
  const at = needs.clock.now();
  const isPatient = error.retryable && at.getTime() - held.requestedAt.getTime() < patienceMs;
  if (isDraining || isPatient) {
    await setRefreshWaitingIfRunningAcrossWorkspaces(needs.across, held);
    return false;
  }
  needs.log.warn({ err: error, deploymentId: held.deploymentId }, "a version could not be started anew with new secrets");
  await inTransaction(needs.across, async (tx) => {
    const reason = error.message.slice(0, 500);
    if (!(await setRefreshFailedIfRunningAcrossWorkspaces(tx, held, { reason, at }))) return;
    await recordWorkspaceAudit(tx, held.workspaceId, actOf(held, "secret.apply_failed"));
  });
  return true;
}

function actOf({ deploymentId, agentId }: HeldRow, action: string) {
  return { actorKind: "system", action, targetKind: "deployment", targetId: deploymentId, metadata: { agentId } } as const;
}
