// Ties who somebody is elsewhere to their person here.
import type { Tx } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { Email } from "~/server/auth/email.contract";
import type { ExternalPerson, OAuthProvider } from "~/server/auth/oauth/oauth-provider";
import { findLiveSessionAcrossWorkspaces } from "~/server/auth/sessions.queries";
import type { Visitor } from "~/server/auth/visitor";
import { AppError } from "~/server/errors";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { findUserByIdentityAcrossWorkspaces, insertIdentityIfAbsentAcrossWorkspaces } from "./external-identities.queries";
import { ownAct } from "./own-act";
import { providerConnectedLetter } from "./provider-letters";

type Vouched = { provider: OAuthProvider; person: ExternalPerson };

/** For the person of the session that asked. The provider's address does not matter here: they have shown who they are. */
export async function connectIdentity(
  tx: Tx,
  services: Pick<Services, "clock" | "config" | "mailer">,
  visitor: Visitor,
  { sessionIdHash, ...vouched }: Vouched & { sessionIdHash: string },
): Promise<void> {
  const session = await findLiveSessionAcrossWorkspaces(tx, sessionIdHash, services.clock.now());
  if (!session) throw new AppError("UNAUTHENTICATED", "Your session has ended. Sign in and connect it again.");
  const isNew = await attachIdentity(tx, services, visitor, { ...vouched, userId: session.userId });
  if (!isNew) return;
  await services.mailer.send(tx, providerConnectedLetter(services.config.publicUrl, session, vouched.provider.name));
}

/** False when it is theirs already. Throws `CONFLICT` when it is somebody else's: one identity is one person. */
export async function attachIdentity(
  tx: Tx,
  services: Pick<Services, "clock">,
  visitor: Visitor,
  { provider, person, userId }: Vouched & { userId: string },
): Promise<boolean> {
  const now = services.clock.now();
  const name = { provider: provider.issuer, subject: person.subject };
  const email = Email.safeParse(person.email ?? "").data ?? null;
  const identity = { id: newId("identity"), ...name, userId, email, createdAt: now, lastUsedAt: now };
  const inserted = await insertIdentityIfAbsentAcrossWorkspaces(tx, identity);
  if (!inserted) {
    const known = await findUserByIdentityAcrossWorkspaces(tx, name);
    if (known?.id === userId) return false;
    throw belongsToAnother(provider.name);
  }
  const metadata = { provider: provider.key, identityId: inserted.id };
  await recordPlatformAudit(tx, { ...ownAct({ userId }, visitor), action: "identity.connect", metadata });
  return true;
}

function belongsToAnother(name: string): AppError {
  const message = `This ${name} account signs in to another account here. Sign in with it and disconnect it there first.`;
  return new AppError("CONFLICT", message, { details: { reason: "identity_taken" } });
}
