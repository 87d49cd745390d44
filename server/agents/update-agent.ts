// Gives an agent another name, description, or runtime to prefer.
import { inWorkspace, type Tx } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { invalidField, notFound } from "~/server/errors";
import { assertPlanned } from "~/server/plans/assert-planned";
import { readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import type { AgentItem, UpdateAgentInput } from "./agents.contract";
import { lockWorkspace, updateAgentRow } from "./agents.queries";
import { assertNameIsFree } from "./assert-name-is-free";
import { readAgent } from "./get-agent";

type Needs = Pick<Services, "db" | "clock" | "providers">;

/** Rejects with `INVALID_REQUEST` for a runtime that is not offered here, and `LIMIT_EXCEEDED` for one that the plan does not include. */
export function updateAgent(needs: Needs, scope: WorkspaceScope, input: UpdateAgentInput): Promise<AgentItem> {
  const { agentId, name, description, preferredRuntime } = input;
  if (name === undefined && description === undefined && preferredRuntime === undefined) {
    throw invalidField("name", "Send a name, a description, a preferred runtime, or several of them.");
  }
  return inWorkspace(needs.db, scope, async (tx) => {
    await lockWorkspace(tx, scope);
    const before = await readAgent(tx, scope, agentId);
    if (name !== undefined) await assertNameIsFree(tx, scope, name, agentId);
    if (preferredRuntime) await assertPreferable(tx, needs, scope, preferredRuntime);
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(preferredRuntime === undefined ? {} : { preferredRuntime }),
    };
    await updateAgentRow(tx, scope, agentId, { ...change, updatedAt: needs.clock.now() });
    const prefers = preferredRuntime === undefined ? {} : { preferredRuntime: preferredRuntime ?? "none" };
    await recordAudit(tx, scope, {
      action: "agent.update",
      targetKind: "agent",
      targetId: agentId,
      metadata: { from: before.name, to: name ?? before.name, descriptionChanged: description !== undefined, ...prefers },
    });
    return readAgent(tx, scope, agentId);
  });
}

type PreferredRuntime = NonNullable<UpdateAgentInput["preferredRuntime"]>;

async function assertPreferable(tx: Tx, needs: Needs, scope: WorkspaceScope, runtime: PreferredRuntime): Promise<void> {
  needs.providers.get(runtime);
  const plan = await readPlan(tx, scope.workspaceId, needs.clock.now());
  if (!plan) throw notFound("agent");
  assertPlanned({ kind: "deploy", runtime }, plan);
}
