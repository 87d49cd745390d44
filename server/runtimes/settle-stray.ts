// Puts one difference between a runtime and the rows in order, looking once more whether it is still one, and audits what it did.
import { recordPlatformAudit, recordWorkspaceAudit } from "~/server/audit/record-audit";
import { placeVersion } from "~/server/deployments/place-version";
import { AppError } from "~/server/errors";
import type { Provider } from "~/server/providers/provider";
import { redactText } from "~/server/redaction/redact-text";
import type { Services } from "~/server/services";
import { toStorableText } from "~/server/storable-text";
import { judgePlaced } from "./find-strays";
import { type Stray, setStrayFailureAcrossWorkspaces, settleStrayAcrossWorkspaces } from "./strays.queries";

type Needs = Pick<Services, "across" | "clock" | "log" | "providers" | "blobs">;

const failureCharactersMax = 500;

/** Whether it is in order now. Never rejects for the runtime's sake: why not is kept, and the next sweep tries again. */
export async function settleStray(needs: Needs, provider: Provider, stray: Stray): Promise<boolean> {
  try {
    return stray.kind === "lost" ? await bringBack(needs, stray) : await destroyOrphan(needs, provider, stray);
  } catch (error) {
    const { runtime, deploymentId } = stray;
    needs.log.warn({ err: error, runtime, deploymentId, kind: stray.kind }, "a stray placement could not be put in order");
    const words = error instanceof AppError ? error.message : "It failed on our side; the log of the worker says why.";
    const failure = toStorableText(redactText(words).slice(0, failureCharactersMax));
    await setStrayFailureAcrossWorkspaces(needs.across, stray, failure);
    return false;
  }
}

/** Written down before it is done: what was destroyed must never be missing from the log. */
async function destroyOrphan(needs: Needs, provider: Provider, stray: Stray): Promise<boolean> {
  const [found] = await judgePlaced(needs, provider, [stray]);
  if (found?.kind !== "orphan") return false;
  const { runtime, deploymentId, agentId, workspaceId } = stray;
  await recordPlatformAudit(needs.across, {
    actorKind: "system",
    action: "placement.destroy",
    targetKind: "deployment",
    targetId: deploymentId,
    metadata: { runtime, agentId, workspaceId, reason: "no deployment owns it" },
  });
  await provider.destroy({ deploymentId, agentId, workspaceId });
  await settleStrayAcrossWorkspaces(needs.across, stray, { outcome: "destroyed", at: needs.clock.now() });
  return true;
}

async function bringBack(needs: Needs, stray: Stray): Promise<boolean> {
  const { runtime, deploymentId, agentId, workspaceId } = stray;
  await placeVersion(needs, { deploymentId, workspaceId });
  await recordWorkspaceAudit(needs.across, workspaceId, {
    actorKind: "system",
    action: "deployment.place_again",
    targetKind: "deployment",
    targetId: deploymentId,
    metadata: { agentId, runtime, reason: "its runtime had lost it" },
  });
  await settleStrayAcrossWorkspaces(needs.across, stray, { outcome: "placed_again", at: needs.clock.now() });
  return true;
}
