// Forgets invitations that ended long ago: addresses of people who never came do not stay with us. The audit log keeps who invited.
import type { Services } from "~/server/services";
import { deleteInvitationsExpiredBeforeAcrossWorkspaces } from "./invitations.queries";

/** For so long whoever opens an old letter, and whoever sent it, still reads what became of it. */
const keptMs = 30 * 24 * 60 * 60_000;

/** Answers how many went. An accepted or revoked one goes when it would have expired a month ago. */
export function sweepInvitations({ across, clock }: Pick<Services, "across" | "clock">): Promise<number> {
  return deleteInvitationsExpiredBeforeAcrossWorkspaces(across, new Date(clock.now().getTime() - keptMs));
}
