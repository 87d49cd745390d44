// A workspace with one agent and its live version, with no more than the owner's handle on the database.
import type { Db } from "~/db/client";
import { createTestAgent, createTestDeployment, createTestWorkspace } from "./factories";
import type { CampaignSource } from "./telemetry-senders";

export async function growSource(owner: Db): Promise<CampaignSource> {
  const workspace = await createTestWorkspace({ owner });
  const { id: agentId } = await createTestAgent({ owner }, workspace);
  const place = { id: agentId, workspaceId: workspace.id, name: "", owner: workspace.owner };
  const { id: deploymentId } = await createTestDeployment({ owner }, place);
  return { workspaceId: workspace.id, agentId, ownerUserId: workspace.owner.id, deploymentId };
}
