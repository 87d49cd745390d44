// Gives an agent another name, description, runtime to prefer, or limits of its own.
import { inWorkspace, type Tx } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import { grantMay } from "~/server/auth/permissions";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, invalidField, notFound } from "~/server/errors";
import { assertPlanned } from "~/server/plans/assert-planned";
import { readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import { announceAgentChange } from "./agent-changes";
import type { AgentItem, UpdateAgentInput } from "./agents.contract";
import { lockWorkspace, updateAgentRow } from "./agents.queries";
import { assertNameIsFree } from "./assert-name-is-free";
import { readAgent } from "./get-agent";

type Needs = Pick<Services, "db" | "clock" | "providers" | "redis" | "log">;

/** Rejects with `INVALID_REQUEST` for a runtime that is not offered here, and `LIMIT_EXCEEDED` for one that the plan does not include. */
export async function updateAgent(needs: Needs, scope: WorkspaceScope, input: UpdateAgentInput): Promise<AgentItem> {
  const { agentId, name, description, preferredRuntime } = input;
  const limits = limitsOf(scope, input);
  if (name === undefined && description === undefined && preferredRuntime === undefined && limits === null) {
    throw invalidField("name", "Send a name, a description, a preferred runtime, a limit, or several of them.");
  }
  const changed = await inWorkspace(needs.db, scope, async (tx) => {
    await lockWorkspace(tx, scope);
    const before = await readAgent(tx, scope, agentId);
    if (name !== undefined) await assertNameIsFree(tx, scope, name, agentId);
    if (preferredRuntime) await assertPreferable(tx, needs, scope, preferredRuntime);
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(preferredRuntime === undefined ? {} : { preferredRuntime }),
      ...limits,
    };
    await updateAgentRow(tx, scope, agentId, { ...change, updatedAt: needs.clock.now() });
    const prefers = preferredRuntime === undefined ? {} : { preferredRuntime: preferredRuntime ?? "none" };
    await recordAudit(tx, scope, {
      action: "agent.update",
      targetKind: "agent",
      targetId: agentId,
      metadata: {
        from: before.name,
        to: name ?? before.name,
        descriptionChanged: description !== undefined,
        ...prefers,
        ...wordsOf(limits),
      },
    });
    return readAgent(tx, scope, agentId);
  });
  if (limits) await announceAgentChange(needs, agentId);
  return changed;
}

type Limits = Partial<Pick<AgentItem, "callsPerMinuteMax" | "concurrencyMax">>;

/** Null: none is to be changed. Whoever may change what an agent does may not by that let it spend more. */
function limitsOf(scope: WorkspaceScope, { callsPerMinuteMax, concurrencyMax }: UpdateAgentInput): Limits | null {
  if (callsPerMinuteMax === undefined && concurrencyMax === undefined) return null;
  if (!grantMay(scope.grant, "agent.limit")) {
    throw new AppError("UNAUTHORIZED", "Only an owner or admin sets the limits of an agent.");
  }
  return {
    ...(callsPerMinuteMax === undefined ? {} : { callsPerMinuteMax }),
    ...(concurrencyMax === undefined ? {} : { concurrencyMax }),
  };
}

/** As the audit log says it. */
function wordsOf(limits: Limits | null): Record<string, number | "none"> {
  return Object.fromEntries(Object.entries(limits ?? {}).map(([name, limit]) => [name, limit ?? "none"]));
}

type PreferredRuntime = NonNullable<UpdateAgentInput["preferredRuntime"]>;

async function assertPreferable(tx: Tx, needs: Needs, scope: WorkspaceScope, runtime: PreferredRuntime): Promise<void> {
  needs.providers.get(runtime);
  const plan = await readPlan(tx, scope.workspaceId, needs.clock.now());
  if (!plan) throw notFound("agent");
  assertPlanned({ kind: "deploy", runtime }, plan);
}
