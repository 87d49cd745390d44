// One read on the gateway's way: an agent, its workspace and the version that answers.
import type { Db } from "~/db/client";
import type { InvokeAddress } from "./find-target";

export function findTargetRowAcrossWorkspaces(across: Db, address: InvokeAddress) {
  const { deploymentId } = address;
  return across
    .selectFrom("agents")
    .innerJoin("workspaces", "workspaces.id", "agents.workspaceId")
    .leftJoin("deployments", (join) => {
      const own = join.onRef("deployments.agentId", "=", "agents.id").onRef("deployments.workspaceId", "=", "agents.workspaceId");
      return deploymentId === undefined
        ? own.onRef("deployments.id", "=", "agents.activeDeploymentId")
        : own.on("deployments.id", "=", deploymentId);
    })
    .select([
      "agents.id as agentId",
      "agents.name as agentName",
      "agents.workspaceId",
      "agents.ownerUserId",
      "agents.disabledAt",
      "agents.deletedAt",
      "workspaces.tier",
      "workspaces.disabledAt as workspaceDisabledAt",
      "deployments.id as deploymentId",
      "deployments.ownerUserId as deploymentOwnerUserId",
      "deployments.version",
      "deployments.runtime",
      "deployments.status",
      "deployments.manifest",
    ])
    .where("agents.workspaceId", "=", address.workspaceId)
    .where("agents.id", "=", address.agentId)
    .executeTakeFirst();
}
