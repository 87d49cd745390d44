// Gives a variable a new value, as a new version. What looks like a credential is refused: everybody who configures the agent reads it.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, invalidField, notFound } from "~/server/errors";
import { redactText } from "~/server/redaction/redact-text";
import type { Services } from "~/server/services";
import { type SetVariableInput, variablesMax } from "./variables.contract";
import {
  countSetVariables,
  findSetSecretOfName,
  findSetVariable,
  lockAgentOfVariables,
  upsertVariable,
} from "./variables.queries";

export type SetVariableResult = { name: string; version: number };

/** Rejects with `CONFLICT` when a secret has this name. The same value again makes no new version. */
export async function setVariable(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  input: SetVariableInput,
): Promise<SetVariableResult> {
  const { agentId, name, value } = input;
  refuseCredential(name, value);
  return inWorkspace(needs.db, scope, async (tx) => {
    if (!(await lockAgentOfVariables(tx, scope, agentId))) throw notFound("agent");
    if (await findSetSecretOfName(tx, scope, { agentId, name })) throw nameTaken(name);
    const before = await findSetVariable(tx, scope, { agentId, name });
    if (before?.value === value) return { name, version: before.version };
    if (!before && (await countSetVariables(tx, scope, agentId)) >= variablesMax) throw tooManyVariables();
    const change = { agentId, name, value, updatedBy: scope.principal.userId, updatedAt: needs.clock.now() };
    const version = await upsertVariable(tx, scope, change);
    await recordAudit(tx, scope, {
      action: "variable.set",
      targetKind: "agent",
      targetId: agentId,
      metadata: { name, version },
    });
    return { name, version };
  });
}

/** Asked as `NAME=value` too: many a shape is known by the word in front of it. */
function refuseCredential(name: string, value: string): void {
  const line = `${name}=${value}`;
  if (redactText(value) === value && redactText(line) === line) return;
  throw invalidField(
    "value",
    "By its name or its value this looks like a secret, and variables are readable. Set it as a secret instead.",
  );
}

function nameTaken(name: string): AppError {
  const message = `${name} is a secret of this agent. Unset the secret first, or choose another name.`;
  return new AppError("CONFLICT", message, { details: { reason: "name_taken", issues: [{ path: "name", message }] } });
}

function tooManyVariables(): AppError {
  return new AppError("CONFLICT", `An agent has at most ${variablesMax} variables. Put several values into one as JSON.`);
}
