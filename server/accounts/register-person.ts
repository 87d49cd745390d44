// Makes the person and the workspace of a sign-up, or tells the owner of the address what a stranger must not know.
import type { Tx } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { issueUserToken } from "~/server/auth/user-token";
import type { Visitor } from "~/server/auth/visitor";
import { newId } from "~/server/ids";
import type { Mail } from "~/server/mail/mailer";
import type { Services } from "~/server/services";
import { createWorkspace, personalWorkspaceName } from "~/server/workspaces/create-workspace";
import { alreadyRegisteredLetter, verificationLetter } from "./account-letters";
import {
  insertUserIfAbsentAcrossWorkspaces,
  lockUserByEmailAcrossWorkspaces,
  setUnverifiedAccountAcrossWorkspaces,
} from "./accounts.queries";

type RegisterNeeds = Pick<Services, "clock" | "config">;
export type Registration = { email: string; displayName: string; passwordHash: string };

/**
 * Answers the letter to post. Until the address is confirmed nobody can sign in, so a later sign-up for the same address simply
 * replaces the earlier one.
 */
export async function registerPerson(
  tx: Tx,
  services: RegisterNeeds,
  visitor: Visitor,
  registration: Registration,
): Promise<Mail> {
  const { publicUrl } = services.config;
  const newUserId = await insertPerson(tx, services, visitor, registration);
  const existing = newUserId ? undefined : await lockUserByEmailAcrossWorkspaces(tx, registration.email);
  if (existing && (existing.emailVerifiedAt || existing.disabledAt)) return alreadyRegisteredLetter(publicUrl, existing);
  if (existing) await setUnverifiedAccountAcrossWorkspaces(tx, existing.id, withoutEmail(registration));
  const userId = newUserId ?? existing?.id ?? "";
  const token = await issueUserToken(tx, services.clock, { userId, purpose: "verify_email" });
  return verificationLetter(publicUrl, registration, token);
}

/** Null when the address is taken. */
async function insertPerson(
  tx: Tx,
  services: RegisterNeeds,
  visitor: Visitor,
  registration: Registration,
): Promise<string | null> {
  const createdAt = services.clock.now();
  const row = { id: newId("user"), ...registration, emailVerifiedAt: null, createdAt };
  const inserted = await insertUserIfAbsentAcrossWorkspaces(tx, row);
  if (!inserted) return null;
  const { traceId, ipAddress } = visitor;
  const act = { action: "user.sign_up", actorKind: "user", actorId: row.id, traceId, ipAddress } as const;
  await recordPlatformAudit(tx, { ...act, targetKind: "user", targetId: row.id });
  const name = personalWorkspaceName(registration.displayName);
  await createWorkspace(tx, services.clock, { ownerUserId: row.id, name, visitor });
  return row.id;
}

function withoutEmail({ displayName, passwordHash }: Registration) {
  return { displayName, passwordHash };
}
