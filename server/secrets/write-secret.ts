// One secret's new value, inside the transaction of an act: sealed, counted, and its history carried on. The value before is gone.
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { assertNoVariable } from "~/server/variables/assert-no-variable";
import { secretPlace } from "./secret-place";
import { claimSecretVersion, countSecretsOfAgent, setSealedValue } from "./secrets.queries";
import { deleteVersionsUpTo, endCurrentVersion, insertCurrentVersion } from "./versions.queries";

const secretsMax = 200;

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
  if (version === 1 && (await countSecretsOfAgent(tx, scope, agentId)) > secretsMax) throw tooManySecrets();
  const place = secretPlace({ workspaceId: scope.workspaceId, agentId, name, version });
  const sealedValue = await services.vault.seal(place, value);
  await setSealedValue(tx, scope, { agentId, name, version, sealedValue });
  await endCurrentVersion(tx, scope, { agentId, name, endedBy: userId, endedAt: at, endedHow: "replaced" });
  await insertCurrentVersion(tx, scope, { agentId, name, version, setBy: userId, setAt: at });
  if (version > versionsKept) await deleteVersionsUpTo(tx, scope, { agentId, name, version: version - versionsKept });
  return version;
}

function tooManySecrets(): AppError {
  return new AppError("CONFLICT", `An agent has at most ${secretsMax} secrets. Put several values into one as JSON.`);
}
