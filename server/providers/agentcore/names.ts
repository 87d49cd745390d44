// What things are called at AWS: every name is derived from our ids, so that whoever knows a deployment finds what belongs to it.
import { createHash } from "node:crypto";
import type { PlacedDeployment } from "~/server/providers/provider";

const ulid = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** One per agent: at most 48 letters, digits and underscores, which `whs_`, an environment of 16 and the agent's 26 characters just fit. */
export function runtimeNameOf(environment: string, agentId: string): string {
  return `${runtimePrefixOf(environment)}${agentId.replace(/^agt_/, "")}`;
}

export function runtimePrefixOf(environment: string): string {
  return `whs_${environment}_`;
}

/** Null: not a runtime of this environment. */
export function agentIdOf(environment: string, runtimeName: string): string | null {
  const prefix = runtimePrefixOf(environment);
  const rest = runtimeName.startsWith(prefix) ? runtimeName.slice(prefix.length) : "";
  return ulid.test(rest) ? `agt_${rest}` : null;
}

/** One per deployment: its id is a name that AgentCore takes. */
export function endpointNameOf({ deploymentId }: Pick<PlacedDeployment, "deploymentId">): string {
  return deploymentId;
}

/** The first thing that is put there and the last that is taken away: what stands under this prefix is the list of what was placed. */
export function codePrefixOf(environment: string): string {
  return `${environment}/code/`;
}

export function codeKeyOf(environment: string, { workspaceId, agentId, deploymentId }: PlacedDeployment): string {
  return `${codePrefixOf(environment)}${workspaceId}/${agentId}/${deploymentId}.zip`;
}

/** Null: no key of this environment's code. */
export function placedByKey(environment: string, key: string): PlacedDeployment | null {
  const prefix = codePrefixOf(environment);
  const match = key.startsWith(prefix) ? /^([^/]+)\/([^/]+)\/([^/]+)\.zip$/.exec(key.slice(prefix.length)) : null;
  const [, workspaceId, agentId, deploymentId] = match ?? [];
  return workspaceId && agentId && deploymentId ? { workspaceId, agentId, deploymentId } : null;
}

export function recordKeyOf(environment: string, deploymentId: string): string {
  return `${environment}/placed/${deploymentId}.json`;
}

/** Sessions with the same state key share what they remember, as on every runtime. */
export function sessionsPrefixOf(environment: string, workspaceId: string, stateKey: string): string {
  return `${environment}/sessions/${workspaceId}/${stateKey}/`;
}

/** 64 characters; AgentCore takes 33 to 256. Another version or other secrets are another session to it, and so a fresh process. */
export function runtimeSessionIdOf(deploymentId: string, runtimeVersion: string, sessionId: string): string {
  return createHash("sha256")
    .update(JSON.stringify([deploymentId, runtimeVersion, sessionId]))
    .digest("hex");
}

/** 33 to 256 letters, digits and dashes; the same for the same work, so that a request sent twice is done once. */
export function clientTokenOf(act: string, ...parts: readonly string[]): string {
  const digest = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 40);
  return `whs-${act}-${digest}`;
}

/** What agents with tools run as: one role for all, or one for each workspace, which the operator has made. */
export function toolsRoleOf(toolsRoleArn: string, { workspaceId }: Pick<PlacedDeployment, "workspaceId">): string {
  return toolsRoleArn.replace("{workspace}", workspaceId.replace(/^wks_/, ""));
}

export function tagsOf(environment: string, placed: Partial<PlacedDeployment>): Record<string, string> {
  return {
    "managed-by": "webhost.systems",
    environment,
    ...(placed.workspaceId ? { workspace: placed.workspaceId } : {}),
    ...(placed.agentId ? { agent: placed.agentId } : {}),
    ...(placed.deploymentId ? { deployment: placed.deploymentId } : {}),
  };
}
