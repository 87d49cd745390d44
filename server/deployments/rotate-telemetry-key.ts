// Gives a deployment a new telemetry key: what runs is handed it without losing a call, and the old one counts until the overlap ends (MISSION F4).
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { RotateTelemetryKeyInput, TelemetryKeyState } from "./telemetry-keys.contract";
import { addTelemetryGeneration } from "./telemetry-keys.queries";

type Needs = Pick<Services, "db" | "clock" | "config" | "log" | "providers">;
type Rotated = NonNullable<Awaited<ReturnType<typeof addTelemetryGeneration>>>;

const handOverTimeoutMs = 15_000;

/** Rotated twice within the overlap, the first key stops counting with the second rotation. */
export async function rotateTelemetryKey(
  needs: Needs,
  scope: WorkspaceScope,
  { deploymentId, keepsOld }: RotateTelemetryKeyInput,
): Promise<TelemetryKeyState> {
  const at = needs.clock.now();
  const overlapEndsAt = keepsOld ? new Date(at.getTime() + needs.config.telemetryOverlapMs) : null;
  const rotated = await inWorkspace(needs.db, scope, async (tx) => {
    const row = await addTelemetryGeneration(tx, scope, { deploymentId, at, overlapEndsAt });
    if (!row) throw notFound("deployment");
    await recordAudit(tx, scope, {
      action: "telemetry_key.rotate",
      targetKind: "deployment",
      targetId: deploymentId,
      metadata: { agentId: row.agentId, version: row.version, generation: row.telemetryGeneration, keepsOld },
    });
    return row;
  });
  const isHandedOver = await handOver(needs, scope, { deploymentId, rotated });
  return { deploymentId, generation: rotated.telemetryGeneration, rotatedAt: at, overlapEndsAt, isHandedOver };
}

/** The new generation counts, whether or not the runtime could be reached: it asks for its key at each start. */
async function handOver(
  { providers, log }: Needs,
  { workspaceId }: WorkspaceScope,
  { deploymentId, rotated }: { deploymentId: string; rotated: Rotated },
): Promise<boolean> {
  try {
    const target = { deploymentId, agentId: rotated.agentId, workspaceId };
    await providers.get(rotated.runtime).refreshSecrets(target, { signal: AbortSignal.timeout(handOverTimeoutMs) });
    return true;
  } catch (error) {
    log.warn({ err: error, deploymentId }, "a new telemetry key could not be handed over; the next start of the process gets it");
    return false;
  }
}
