// One secret's new value, inside the transaction of an act: sealed, counted, and its history carried on. The value before is gone.
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { assertNoVariable } from "~/server/variables/assert-no-variable";
import { secretPlace } from "./secret-place";
import { claimSecretVersion, measureSecretsOfAgent, setSealedValue } from "./secrets.queries";
import { deleteVersionsUpTo, endCurrentVersion, insertCurrentVersion } from "./versions.queries";

const secretsMax = 200;
/** Of one agent together, sealed: every one of them is looked for, in every spelling, in whatever the agent prints. */
const sealedBytesMax = 256 * 1024;

/** Of each secret so many versions are told of. */
const versionsKept = 100;

export type NewSecret = { agentId: string; name: string; value: string; expiresAt: Date | null };

/** Answers its version. Waiting writers of one secret go one after the other; the last one's value stays. */
export async function writeSecret(
  services: Pick<Services, "vault" | "clock">,
  tx: Tx,
  scope: WorkspaceScope,
  { agentId, name, value, expiresAt }: NewSecret,
): Promise<number> {
  const { userId } = scope.principal;
  const at = services.clock.now();
  await assertNoVariable(tx, scope, { agentId, name });
  const claim = { agentId, name, updatedBy: userId, updatedAt: at, expiresAt };
  const version = await claimSecretVersion(tx, scope, claim);
  const place = secretPlace({ workspaceId: scope.workspaceId, agentId, name, version });
  const sealedValue = await services.vault.seal(place, value);
  await setSealedValue(tx, scope, { agentId, name, version, sealedValue });
  await assertTheyFit(tx, scope, agentId);
  await endCurrentVersion(tx, scope, { agentId, name, endedBy: userId, endedAt: at, endedHow: "replaced" });
  await insertCurrentVersion(tx, scope, { agentId, name, version, setBy: userId, setAt: at });
  if (version > versionsKept) await deleteVersionsUpTo(tx, scope, { agentId, name, version: version - versionsKept });
  return version;
}

async function assertTheyFit(tx: Tx, scope: WorkspaceScope, agentId: string): Promise<void> {
  const { count, sealedBytes } = await measureSecretsOfAgent(tx, scope, agentId);
  if (count > secretsMax) {
    throw new AppError("CONFLICT", `An agent has at most ${secretsMax} secrets. Put several values into one as JSON.`);
  }
  if (sealedBytes > sealedBytesMax) {
    const said = `The secrets of an agent hold at most ${sealedBytesMax / 1024} KiB together. Unset those that it needs no more; put files into the bundle.`;
    throw new AppError("CONFLICT", said);
  }
}
