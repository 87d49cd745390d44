// Stage "placed": the runtime holds this version, and the row says which version of each secret was set meanwhile.
import type { Manifest } from "~/server/bundles/manifest.contract";
import type { StoredModule } from "./build-stage";
import { type Run, RunInterrupted, say } from "./held-run";
import { placementOf } from "./placement-of";
import { refuseMissingSecrets } from "./refuse-missing-secrets";
import { readSecretVersionsAcrossWorkspaces, updateHeldAcrossWorkspaces } from "./steps.queries";
import { takeBackIfUnwanted } from "./take-back-unwanted";

export async function placeStage(run: Run, module: StoredModule, signal: AbortSignal): Promise<void> {
  const { across } = run.needs;
  const manifest = run.row.manifest as Manifest;
  await refuseMissingSecrets(across, run.row, manifest);
  const names = [...manifest.env.requiredKeys, ...manifest.env.optionalKeys];
  const secretVersions = await readSecretVersionsAcrossWorkspaces(across, run.row, names);
  // Given up or not, this goes on until the runtime has answered: whoever settled the run meanwhile did not see what it placed.
  await run.provider
    .deploy(placementOf(run.row, run.plan, module), { signal })
    .finally(() => takeBackIfUnwanted(run.needs, run.row));
  const held = await updateHeldAcrossWorkspaces(across, run.key, { secretVersions: JSON.stringify(secretVersions) });
  if (!held) throw new RunInterrupted("lease_lost");
  const count = Object.keys(secretVersions).length;
  await say(run, "placed", "info", [`Placed on ${run.row.runtime} with ${count === 1 ? "1 secret" : `${count} secrets`}.`]);
}
