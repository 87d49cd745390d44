// The operator replaces a workspace's data key, as after a suspected leak of it; its values are sealed anew while everything goes on.
import { recordPlatformAudit, recordWorkspaceAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import { AppError, notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { findDataKeyFactsAcrossWorkspaces } from "./renewal.queries";
import { resealJob } from "./rotation.jobs";

type Needs = Pick<Services, "across" | "queue" | "vault">;
type By = { operator: UserPrincipal; traceId: string; ipAddress: string | null };

/** Rejects with `CONFLICT` while the rotation before is not finished, and when nothing is sealed. The workspace reads of it in its own log. */
export async function rotateDataKey(
  needs: Needs,
  by: By,
  { workspaceId }: { workspaceId: string },
): Promise<{ generation: number }> {
  const known = await findDataKeyFactsAcrossWorkspaces(needs.across, workspaceId);
  if (!known) throw notFound("workspace");
  if (known.generation === null) throw nothingSealed();
  const generation = known.generation + 1;
  const done = await needs.vault.renewDataKey(workspaceId, async (tx) => {
    const { traceId, ipAddress } = by;
    const act = { action: "data_key.rotate", targetKind: "data_key", targetId: workspaceId, metadata: { generation } };
    await recordWorkspaceAudit(tx, workspaceId, { ...act, actorKind: "operator", traceId });
    await recordPlatformAudit(tx, { ...act, actorKind: "user", actorId: by.operator.userId, traceId, ipAddress });
  });
  if (done === "gone") throw nothingSealed();
  if (done === "running")
    throw new AppError("CONFLICT", "Its values are being sealed anew already. Wait until that is finished.");
  await needs.queue.ring(resealJob, { workspaceId });
  return { generation };
}

function nothingSealed(): AppError {
  return new AppError("CONFLICT", "Nothing is sealed for this workspace, so it has no data key yet.");
}
