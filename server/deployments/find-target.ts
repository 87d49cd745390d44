// What a call of an agent would reach: for the gateway, which caches it and drops it when `agent-changed` names the agent.
import type { Db } from "~/db/client";
import type { DeploymentStatus, Runtime } from "~/db/tables/deployments";
import type { Tier } from "~/db/tables/workspaces";
import type { Manifest } from "~/server/bundles/manifest.contract";
import { findTargetRowAcrossWorkspaces } from "./targets.queries";

export type InvokeAddress = {
  workspaceId: string;
  agentId: string;
  /** Absent: the live one. */
  deploymentId?: string | undefined;
};

type AgentFacts = {
  agentId: string;
  agentName: string;
  workspaceId: string;
  ownerUserId: string;
  tier: Tier;
  isAgentDisabled: boolean;
  isAgentDeleted: boolean;
  isWorkspaceDisabled: boolean;
};

/** An agent with the version that answers, or without one: then every field of the version is null. */
export type InvokeTarget = AgentFacts &
  (
    | { deploymentId: string; version: number; runtime: Runtime; manifest: Manifest }
    | { deploymentId: null; version: null; runtime: null; manifest: null }
  );

/** Versions that passed their probe and may be called by name. */
const callable: readonly DeploymentStatus[] = ["ready", "active", "superseded"];

/** Null when the workspace has no such agent, or the agent no such callable version. */
export async function findInvokeTargetAcrossWorkspaces(across: Db, address: InvokeAddress): Promise<InvokeTarget | null> {
  const row = await findTargetRowAcrossWorkspaces(across, address);
  if (!row) return null;
  const facts: AgentFacts = {
    agentId: row.agentId,
    agentName: row.agentName,
    workspaceId: row.workspaceId,
    ownerUserId: row.deploymentOwnerUserId ?? row.ownerUserId,
    tier: row.tier,
    isAgentDisabled: row.disabledAt !== null,
    isAgentDeleted: row.deletedAt !== null,
    isWorkspaceDisabled: row.workspaceDisabledAt !== null,
  };
  const { deploymentId, version, runtime, manifest, status } = row;
  if (deploymentId !== null && version !== null && runtime !== null && status !== null && callable.includes(status)) {
    return { ...facts, deploymentId, version, runtime, manifest: manifest as Manifest };
  }
  return address.deploymentId === undefined
    ? { ...facts, deploymentId: null, version: null, runtime: null, manifest: null }
    : null;
}
