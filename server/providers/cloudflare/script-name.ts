// What a deployment is called at Cloudflare, and whose it is said to be: names and tags, made from ids and read back.
import { createHash } from "node:crypto";
import type { PlacedDeployment } from "~/server/providers/provider";

/** A name is one label of an address under workers.dev: at most 63 lower-case letters, digits and hyphens. */
const prefix = "whs";
const ulid = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** For example `whs-production-3f9a01-77c2de-01k9…`: environment, workspace, agent, deployment. */
export function scriptNameOf(environment: string, { deploymentId, agentId, workspaceId }: PlacedDeployment): string {
  return `${prefix}-${environment}-${shortOf(workspaceId)}-${shortOf(agentId)}-${ulidOf(deploymentId)}`;
}

/** The script that keeps the sessions of an agent whose versions share them. */
export function sessionsNameOf(environment: string, agentId: string): string {
  return `${prefix}-${environment}-sessions-${ulidOf(agentId)}`;
}

/** The scripts that stand in front of and behind those of a dispatch namespace. */
export function platformNameOf(environment: string, part: "dispatcher" | "outbound"): string {
  return `${prefix}-${environment}-${part}`;
}

/** Cloudflare takes eight tags of a script, without commas and ampersands. */
export function tagsOf(environment: string, { deploymentId, agentId, workspaceId }: PlacedDeployment): string[] {
  return [`environment=${environment}`, `workspace=${workspaceId}`, `agent=${agentId}`, `deployment=${deploymentId}`];
}

export type NamedScript = { name: string; tags: readonly string[] };

/** Whose a script is, or null when it is not one of this environment's: its name must be the one that its tags make. */
export function ownerOf(environment: string, { name, tags }: NamedScript): (PlacedDeployment & { isSessions: boolean }) | null {
  const tag = (key: string) => tags.find((text) => text.startsWith(`${key}=`))?.slice(key.length + 1) ?? "";
  if (tag("environment") !== environment) return null;
  const owner = { deploymentId: tag("deployment"), agentId: tag("agent"), workspaceId: tag("workspace") };
  if (!Object.values(owner).every((id) => ulid.test(id.slice(id.indexOf("_") + 1)))) return null;
  if (name === scriptNameOf(environment, owner)) return { ...owner, isSessions: false };
  return name === sessionsNameOf(environment, owner.agentId) ? { ...owner, isSessions: true } : null;
}

function ulidOf(id: string): string {
  return id.slice(id.indexOf("_") + 1).toLowerCase();
}

function shortOf(id: string): string {
  return createHash("sha256").update(id).digest("hex").slice(0, 6);
}
