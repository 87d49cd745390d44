// Makes a person whom a provider vouches for, with their workspace: an account without a password, its address proven.
import type { Tx } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { ExternalPerson, OAuthProvider } from "~/server/auth/oauth/oauth-provider";
import type { Visitor } from "~/server/auth/visitor";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { createWorkspace, personalWorkspaceName } from "~/server/workspaces/create-workspace";
import { DisplayName } from "./accounts.contract";
import { insertUserIfAbsentAcrossWorkspaces } from "./accounts.queries";

/** Null when the address is taken. */
export async function insertPersonOf(
  tx: Tx,
  services: Pick<Services, "clock">,
  visitor: Visitor,
  vouched: { provider: OAuthProvider; person: ExternalPerson; email: string },
): Promise<string | null> {
  const createdAt = services.clock.now();
  const [userId, displayName] = [newId("user"), displayNameOf(vouched.person)];
  const account = { passwordHash: null, emailVerifiedAt: createdAt, createdAt };
  const inserted = await insertUserIfAbsentAcrossWorkspaces(tx, { id: userId, email: vouched.email, displayName, ...account });
  if (!inserted) return null;
  const { traceId, ipAddress } = visitor;
  const act = { action: "user.sign_up", actorKind: "user", actorId: userId, traceId, ipAddress } as const;
  const metadata = { provider: vouched.provider.key };
  const workspace = { ownerUserId: userId, name: personalWorkspaceName(displayName), visitor };
  await createWorkspace(tx, services.clock, workspace);
  await recordPlatformAudit(tx, { ...act, targetKind: "user", targetId: userId, metadata });
  return userId;
}

/** What the provider calls them, under the rules of a sign-up; else the beginning of their address. */
export function displayNameOf({ displayName, email }: ExternalPerson): string {
  const told = DisplayName.safeParse(displayName ?? "");
  if (told.success) return told.data;
  return DisplayName.safeParse((email ?? "").split("@")[0]).data ?? "New here";
}
