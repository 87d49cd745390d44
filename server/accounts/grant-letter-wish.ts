// Does what an address asked for, out of sight: makes the account of a sign-up, posts the letter to one that there is.

import type { LetterWishKind } from "~/db/tables/letter-wishes";
import { inTransaction, type Tx } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { issueUserToken } from "~/server/auth/user-token";
import type { Mail } from "~/server/mail/mailer";
import type { Services } from "~/server/services";
import { passwordResetLetter, verificationLetter } from "./account-letters";
import { lockUserByEmailAcrossWorkspaces } from "./accounts.queries";
import { deleteLetterWishAcrossWorkspaces } from "./letter-wishes.queries";
import { registerPerson } from "./register-person";

type GrantNeeds = Pick<Services, "across" | "clock" | "config" | "mailer">;
type User = NonNullable<Awaited<ReturnType<typeof lockUserByEmailAcrossWorkspaces>>>;
type Wish = NonNullable<Awaited<ReturnType<typeof deleteLetterWishAcrossWorkspaces>>>;

/** The wish is gone with it, in one transaction: of several at once one posts a letter. */
export async function grantLetterWish(services: GrantNeeds, { wishId }: { wishId: string }): Promise<void> {
  await inTransaction(services.across, async (tx) => {
    const wish = await deleteLetterWishAcrossWorkspaces(tx, wishId);
    const letter = wish ? await letterFor(tx, services, wish) : null;
    if (letter) await services.mailer.send(tx, letter);
  });
}

async function letterFor(tx: Tx, services: GrantNeeds, wish: Wish): Promise<Mail | null> {
  const { kind, email, displayName, passwordHash } = wish;
  if (kind === "sign_up") {
    if (displayName === null || passwordHash === null) return null; // the table's check lets no such row in
    const visitor = { traceId: wish.traceId ?? "", ipAddress: wish.ipAddress, userAgent: null };
    return registerPerson(tx, services, visitor, { email, displayName, passwordHash });
  }
  const user = await lockUserByEmailAcrossWorkspaces(tx, email);
  return user && !user.disabledAt ? writers[kind](tx, services, user, wish) : null;
}

type Writer = (tx: Tx, services: GrantNeeds, user: User, wish: Wish) => Promise<Mail | null>;

const writers: Record<Exclude<LetterWishKind, "sign_up">, Writer> = {
  async reset_password(tx, services, user, { traceId, ipAddress }) {
    const token = await issueUserToken(tx, services.clock, { userId: user.id, purpose: "reset_password" });
    const act = { action: "user.request_reset", actorKind: "anonymous", traceId: traceId ?? "", ipAddress } as const;
    await recordPlatformAudit(tx, { ...act, targetKind: "user", targetId: user.id });
    return passwordResetLetter(services.config.publicUrl, user, token);
  },
  async verify_email(tx, services, user) {
    if (user.emailVerifiedAt) return null;
    const token = await issueUserToken(tx, services.clock, { userId: user.id, purpose: "verify_email" });
    return verificationLetter(services.config.publicUrl, user, token);
  },
};
