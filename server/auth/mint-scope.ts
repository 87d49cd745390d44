// The mint: the only place where a WorkspaceScope comes into being, after membership and permission were proven (MISSION A2).
import type { Db } from "~/db/client";
import type { Role } from "~/db/tables/memberships";
import { AppError, notFound } from "~/server/errors";
import { idOf } from "~/server/ids";
import { findMembershipAcrossWorkspaces } from "./auth.queries";
import { type Action, presetMay, roleMay } from "./permissions";
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
 * preset does not allow the action or the workspace is disabled.
 */
export async function mintWorkspaceScope(
  needs: { across: Db },
  principal: Principal,
  request: MintRequest,
): Promise<WorkspaceScope> {
  const scope = principal.kind === "api_key" ? mintForKey(principal, request) : await mintForUser(needs, principal, request);
  return scope;
}

function mintForKey(principal: ApiKeyPrincipal, request: MintRequest): WorkspaceScope {
  if (request.workspaceId !== null && request.workspaceId !== principal.workspaceId) throw notFound("workspace");
  if (!presetMay(principal.preset, request.action)) {
    throw new AppError(
      "UNAUTHORIZED",
      `This API key has the preset "${principal.preset}", which does not allow ${request.action}. Make a key with a wider preset.`,
    );
  }
  return stamp(principal.workspaceId, principal, { kind: "preset", preset: principal.preset }, request);
}

async function mintForUser(needs: { across: Db }, principal: UserPrincipal, request: MintRequest): Promise<WorkspaceScope> {
  // A wish comes from a header, an address or connection parameters: it may be any text.
  if (request.workspaceId !== null && !WorkspaceId.safeParse(request.workspaceId).success) throw notFound("workspace");
  const membership = await findMembershipAcrossWorkspaces(needs.across, principal.userId, request.workspaceId);
  if (!membership) throw notFound("workspace");
  if (membership.disabledAt) throw new AppError("UNAUTHORIZED", "This workspace is disabled. Ask the operator of the platform.");
  assertRoleMay(membership.role, request.action);
  return stamp(membership.workspaceId, principal, { kind: "role", role: membership.role }, request);
}

function assertRoleMay(role: Role, action: Action): void {
  if (!roleMay(role, action))
    throw new AppError(
      "UNAUTHORIZED",
      `Your role here is ${role}, which does not allow ${action}. Ask an owner of the workspace.`,
    );
}

function stamp(workspaceId: string, principal: Principal, grant: WorkspaceScope["grant"], request: MintRequest): WorkspaceScope {
  return { workspaceId, principal, grant, traceId: request.traceId, ipAddress: request.ipAddress } as WorkspaceScope;
}
