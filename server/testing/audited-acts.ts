// A mutation with and without its audit row, and the row alone: what a measurement of the chain compares.
import { inTransaction, inWorkspace } from "~/db/transaction";
import { recordAudit, recordWorkspaceAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { createTestTenant } from "./factories";
import type { TestServices } from "./test-services";

type Needs = Pick<Services, "db" | "across">;

export type AuditedActs = {
  scope: WorkspaceScope;
  /** Makes an agent as `createAgent` does: a lock, a look at the name, a count, the row, and a look back. */
  mutate(isAudited: boolean): Promise<void>;
  /** One entry in a transaction of its own. */
  append(): Promise<void>;
};

export async function openAuditedActs(needs: Needs & Pick<TestServices, "owner">): Promise<AuditedActs> {
  const { scope, user } = await createTestTenant(needs, { tier: "enterprise" });
  const { workspaceId } = scope;
  return {
    scope,
    mutate: (isAudited) =>
      inWorkspace(needs.db, scope, async (tx) => {
        const agentId = newId("agent");
        const name = agentId.toLowerCase().replace("_", "-");
        const ofWorkspace = tx.selectFrom("agents").where("workspaceId", "=", workspaceId);
        await tx.selectFrom("workspaces").select("tier").where("id", "=", workspaceId).forUpdate().executeTakeFirst();
        await ofWorkspace.select("id").where("name", "=", name).execute();
        await ofWorkspace.select((select) => select.fn.countAll().as("agents")).execute();
        const row = { id: agentId, workspaceId, name, description: "", ownerUserId: user.id, activeDeploymentId: null };
        await tx
          .insertInto("agents")
          .values({ ...row, disabledAt: null, deletedAt: null })
          .execute();
        const act = { action: "agent.create", targetKind: "agent", targetId: agentId, metadata: { name } };
        if (isAudited) await recordAudit(tx, scope, act);
        await ofWorkspace.selectAll().where("id", "=", agentId).execute();
      }),
    append: () =>
      inTransaction(needs.across, (tx) =>
        recordWorkspaceAudit(tx, workspaceId, { actorKind: "system", action: "agent.create", targetId: workspaceId }),
      ),
  };
}
