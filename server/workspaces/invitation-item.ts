// An invitation that waits for its answer, as the workspace sees it.
import type { InvitationItem } from "./invitations.contract";
import type { findOpenInvitation } from "./invitations.queries";
import { inviterMay } from "./inviter-may";

type Row = NonNullable<Awaited<ReturnType<typeof findOpenInvitation>>>;

export function toInvitationItem(row: Row, now: Date): InvitationItem {
  const { inviterRole: _role, inviterAreas: _areas, ...item } = row;
  const state = row.expiresAt <= now ? "expired" : inviterMay(row) ? "open" : "withdrawn";
  return { ...item, state };
}
