// Lets in whom a provider vouches for: its person, or a new one, or the one whose mailbox it has proven (MISSION B2).
import type { Tx } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { Email } from "~/server/auth/email.contract";
import type { ExternalPerson, OAuthProvider } from "~/server/auth/oauth/oauth-provider";
import { openSessions } from "~/server/auth/sessions";
import { setTokensUsedAcrossWorkspaces } from "~/server/auth/user-token.queries";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { lockUserByEmailAcrossWorkspaces } from "./accounts.queries";
import type { Caller } from "./begin-session";
import { attachIdentity } from "./connect-identity";
import { type Entered, enterAccount } from "./enter-account";
import {
  findUserByIdentityAcrossWorkspaces,
  setAccountTakenOverAcrossWorkspaces,
  setIdentityUsedAcrossWorkspaces,
} from "./external-identities.queries";
import { displayNameOf, insertPersonOf } from "./insert-person-of";
import { providerLinkedLetter } from "./provider-letters";

export type Vouched = { provider: OAuthProvider; person: ExternalPerson };

type EnterNeeds = Pick<Services, "across" | "clock" | "config" | "mailer">;

export async function enterByIdentity(tx: Tx, services: EnterNeeds, caller: Caller, vouched: Vouched): Promise<Entered> {
  const userId = (await useIdentity(tx, services, vouched)) ?? (await adopt(tx, services, caller, vouched));
  return enterAccount(tx, services, { userId, method: "oauth", caller });
}

/** The subject alone decides: whatever address the provider tells by now, the person is the same. */
async function useIdentity(tx: Tx, services: EnterNeeds, { provider, person }: Vouched): Promise<string | null> {
  const known = await findUserByIdentityAcrossWorkspaces(tx, { provider: provider.issuer, subject: person.subject });
  if (!known) return null;
  if (known.disabledAt) throw accountDisabled();
  const email = Email.safeParse(person.email ?? "").data ?? null;
  await setIdentityUsedAcrossWorkspaces(tx, known.identityId, { email, lastUsedAt: services.clock.now() });
  return known.id;
}

/** Nobody is known by this identity yet: the mailbox that it proves says whose it is. */
async function adopt(tx: Tx, services: EnterNeeds, caller: Caller, vouched: Vouched): Promise<string> {
  const email = provenEmailOf(vouched);
  const newUserId = await insertPersonOf(tx, services, caller, { ...vouched, email });
  const user = newUserId ? undefined : await lockUserByEmailAcrossWorkspaces(tx, email);
  const userId = newUserId ?? user?.id;
  if (!userId || user?.disabledAt) throw accountDisabled();
  if (user && !user.emailVerifiedAt) await takeOver(tx, services, caller, { ...vouched, userId });
  const isNew = await attachIdentity(tx, services, caller, { ...vouched, userId });
  if (isNew && user?.emailVerifiedAt) {
    await services.mailer.send(tx, providerLinkedLetter(services.config.publicUrl, user, vouched.provider.name));
  }
  return userId;
}

/** Other letters than these could become somebody else's address by the way we write it down, and that mailbox nobody has shown. */
const asProven = /^[!-~]+$/;

function provenEmailOf({ provider, person }: Vouched): string {
  const told = person.email ?? "";
  const email = Email.safeParse(told);
  if (person.isEmailVerified && email.success && asProven.test(told)) return email.data;
  const message = `${provider.name} does not vouch for an address of yours. Confirm your address there and try again, or sign up here with a password and connect ${provider.name} on your account page.`;
  throw new AppError("INVALID_REQUEST", message, { details: { reason: "email_unverified" } });
}

/** Somebody signed up with this address and never showed that it is theirs: nothing that they chose may stay. */
async function takeOver(tx: Tx, services: EnterNeeds, caller: Caller, taken: Vouched & { userId: string }): Promise<void> {
  const { userId, person, provider } = taken;
  const now = services.clock.now();
  const displayName = displayNameOf(person);
  await setAccountTakenOverAcrossWorkspaces(tx, userId, { displayName, emailVerifiedAt: now });
  for (const purpose of ["verify_email", "reset_password"] as const) {
    await setTokensUsedAcrossWorkspaces(tx, { userId, purpose }, now);
  }
  const sessionsEnded = await openSessions({ ...services, across: tx }).endAll(userId);
  await recordPlatformAudit(tx, {
    action: "user.take_over",
    actorKind: "user",
    actorId: userId,
    targetKind: "user",
    targetId: userId,
    traceId: caller.traceId,
    ipAddress: caller.ipAddress,
    metadata: { provider: provider.key, sessionsEnded },
  });
}

function accountDisabled(): AppError {
  return new AppError("UNAUTHORIZED", "This account is disabled. Ask the operator of the platform.", {
    details: { reason: "account_disabled" },
  });
}
