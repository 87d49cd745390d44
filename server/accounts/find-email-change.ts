// The change of address that a person waits for.
import type { UserPrincipal } from "~/server/auth/principal";
import type { Services } from "~/server/services";
import type { EmailChangeItem } from "./email-changes.contract";
import { findLiveEmailChangeAcrossWorkspaces } from "./email-changes.queries";

/** Null when there is none. */
export async function findEmailChange(
  { across, clock }: Pick<Services, "across" | "clock">,
  user: UserPrincipal,
): Promise<EmailChangeItem | null> {
  const row = await findLiveEmailChangeAcrossWorkspaces(across, user.userId, clock.now());
  if (!row) return null;
  const { newEmail, oldConfirmedAt, newConfirmedAt, expiresAt } = row;
  return { newEmail, hasOldAgreed: oldConfirmedAt !== null, hasNewAgreed: newConfirmedAt !== null, expiresAt };
}
