// Gives a secret a new value: sealed in this very request, as a new version; nobody can read it back (MISSION F2, F3).
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { secretPlace } from "./secret-place";
import type { SetSecretInput } from "./secrets.contract";
import { claimSecretVersion, countSecretsOfAgent, findAgentOfSecrets, setSealedValue } from "./secrets.queries";

const secretsMax = 200;

export type SetSecretResult = { name: string; version: number };

/** Waiting writers of one secret go one after the other; the last one's value stays. */
export async function setSecret(
  services: Pick<Services, "db" | "vault" | "clock">,
  scope: WorkspaceScope,
  input: SetSecretInput,
): Promise<SetSecretResult> {
  const { agentId, name } = input;
  const updatedAt = services.clock.now();
  return inWorkspace(services.db, scope, async (tx) => {
    if (!(await findAgentOfSecrets(tx, scope, agentId))) throw notFound("agent");
    const claim = { agentId, name, updatedBy: scope.principal.userId, updatedAt };
    const version = await claimSecretVersion(tx, scope, claim);
    if (version === 1 && (await countSecretsOfAgent(tx, scope, agentId)) > secretsMax) throw tooManySecrets();
    const place = secretPlace({ workspaceId: scope.workspaceId, agentId, name, version });
    const sealedValue = await services.vault.seal(place, input.value);
    await setSealedValue(tx, scope, { agentId, name, version, sealedValue });
    const metadata = { name, version };
    await recordAudit(tx, scope, { action: "secret.set", targetKind: "agent", targetId: agentId, metadata });
    return { name, version };
  });
}

function tooManySecrets(): AppError {
  return new AppError("CONFLICT", `An agent has at most ${secretsMax} secrets. Put several values into one as JSON.`);
}
