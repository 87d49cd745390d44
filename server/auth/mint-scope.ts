// The mint: the only place where a WorkspaceScope comes into being, after membership and permission were proven (MISSION A2).
import type { Db } from "~/db/client";
import type { Bounds, Witness } from "~/db/transaction";
import { AppError, notFound } from "~/server/errors";
import { idOf } from "~/server/ids";
import { assertPlanned } from "~/server/plans/assert-planned";
import { planOf } from "~/server/plans/plans";
import { findMembershipAcrossWorkspaces } from "./auth.queries";
import { noteKeyUse } from "./key-uses";
import { type Action, type Grant, grantMay, isOfOneAgent, presetMay, type RoleGrant, roleMay } from "./permissions";
import type { ApiKeyPrincipal, Principal, UserPrincipal } from "./principal";
import type { WorkspaceScope } from "./scope";

const WorkspaceId = idOf("workspace");

export type MintRequest = {
  action: Action;
  /** The workspace the caller wishes for; null: the key's own, or the person's first. */
  workspaceId: string | null;
  traceId: string;
  ipAddress: string | null;
};

/**
 * Throws `NOT_FOUND` when the caller is not a member (exactly as for a missing workspace), `UNAUTHORIZED` when the role or
 * preset does not allow the action or the workspace is disabled (`details.reason`: `workspace_disabled`).
 */
export async function mintWorkspaceScope(
  needs: { across: Db },
  principal: Principal,
  request: MintRequest,
): Promise<WorkspaceScope> {
  return principal.kind === "api_key" ? mintForKey(needs, principal, request) : mintForUser(needs, principal, request);
}

/** The same scope, every transaction of which is witnessed. */
export function witnessed(scope: WorkspaceScope, witness: Witness): WorkspaceScope {
  return { ...scope, witness } as WorkspaceScope;
}

function mintForKey(needs: { across: Db }, principal: ApiKeyPrincipal, request: MintRequest): WorkspaceScope {
  if (request.workspaceId !== null && request.workspaceId !== principal.workspaceId) throw notFound("workspace");
  if (!presetMay(principal.preset, request.action)) {
    throw new AppError(
      "UNAUTHORIZED",
      `This API key has the preset "${principal.preset}", which does not allow ${request.action}. Make a key with a wider preset.`,
    );
  }
  const { agentIds, keyId } = principal;
  if (agentIds && !isOfOneAgent(request.action)) {
    throw new AppError(
      "UNAUTHORIZED",
      `This API key is limited to some agents, and ${request.action} concerns the whole workspace. Use a key without that limit.`,
    );
  }
  noteKeyUse(needs.across, principal, request.action);
  const namedAgents = agentIds ? { keyId, agentIds } : null;
  return stamp(
    { workspaceId: principal.workspaceId, namedAgents },
    principal,
    { kind: "preset", preset: principal.preset },
    request,
  );
}

async function mintForUser(needs: { across: Db }, principal: UserPrincipal, request: MintRequest): Promise<WorkspaceScope> {
  // A wish comes from a header, an address or connection parameters: it may be any text.
  if (request.workspaceId !== null && !WorkspaceId.safeParse(request.workspaceId).success) throw notFound("workspace");
  const membership = await findMembershipAcrossWorkspaces(needs.across, principal.userId, request.workspaceId);
  if (!membership) throw notFound("workspace");
  if (membership.disabledAt) throw disabled();
  const grant: RoleGrant = { kind: "role", role: membership.role, areas: membership.areas };
  assertMay(grant, request.action);
  const { tier, planChanges, place } = membership;
  assertPlanned({ kind: "act_as_member", place }, { tier, plan: planOf(tier, planChanges) });
  return stamp({ workspaceId: membership.workspaceId, namedAgents: null }, principal, grant, request);
}

function disabled(): AppError {
  return new AppError("UNAUTHORIZED", "This workspace is disabled. Ask the operator of the platform.", {
    details: { reason: "workspace_disabled" },
  });
}

function assertMay(grant: RoleGrant, action: Action): void {
  if (grantMay(grant, action)) return;
  const why = roleMay(grant.role, action)
    ? `${action} is withheld from you here.`
    : `Your role here is ${grant.role}, which does not allow ${action}.`;
  throw new AppError("UNAUTHORIZED", `${why} Ask an owner of the workspace.`);
}

function stamp(bounds: Bounds, principal: Principal, grant: Grant, request: MintRequest): WorkspaceScope {
  const { workspaceId, namedAgents } = bounds;
  const { traceId, ipAddress } = request;
  return { workspaceId, namedAgents, principal, grant, traceId, ipAddress } as WorkspaceScope;
}
