// The invitations of the workspace that wait for an answer, also those that waited too long.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import { toInvitationItem } from "./invitation-item";
import type { InvitationItem } from "./invitations.contract";
import { listOpenInvitations } from "./invitations.queries";

/** Expired ones stay until they are revoked or replaced, so there may be some more than can be open. */
const shownMax = 200;

export async function listInvitations(
  services: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
): Promise<InvitationItem[]> {
  const rows = await inWorkspace(services.db, scope, (tx) => listOpenInvitations(tx, scope, shownMax));
  return rows.map((row) => toInvitationItem(row, services.clock.now()));
}
