// A colleague with a grant of their own, somebody who is invited, and a role that may use a connected system.
import { createHash, randomBytes } from "node:crypto";
import { ulid } from "ulid";
import type { Tx } from "../transaction";
import type { Tenant } from "./world";

const invitedForMs = 7 * 24 * 60 * 60_000;

export async function growMembership(tx: Tx, { workspaceId, userId, email }: Pick<Tenant, "workspaceId" | "userId" | "email">) {
  const colleague = { id: `usr_${ulid()}`, email: `sam.${email}`, displayName: "Sam" };
  // Without a password: nobody signs in as them until they choose one.
  await tx
    .insertInto("users")
    .values({ ...colleague, passwordHash: null, emailVerifiedAt: new Date(), disabledAt: null })
    .execute();
  await tx.insertInto("memberships").values({ workspaceId, userId: colleague.id, role: "support" }).execute();
  const area = { area: "billing", isGranted: true, setBy: userId } as const;
  await tx
    .insertInto("memberGrants")
    .values({ workspaceId, userId: colleague.id, ...area })
    .execute();
  const system = { workspaceId, systemId: `sys_${ulid()}`, access: "use", grantedBy: userId } as const;
  await tx
    .insertInto("connectedSystemGrants")
    .values([
      { ...system, id: `sgr_${ulid()}`, userId: null, role: "member" },
      { ...system, id: `sgr_${ulid()}`, userId: colleague.id, role: null },
    ])
    .execute();
  await growInvitation(tx, { workspaceId, userId, email });
}

/** Its token is known to nobody: somebody who manages members sends it again. */
async function growInvitation(tx: Tx, { workspaceId, userId, email }: Pick<Tenant, "workspaceId" | "userId" | "email">) {
  const open = { acceptedAt: null, acceptedBy: null, revokedAt: null };
  await tx
    .insertInto("invitations")
    .values({
      id: `ivt_${ulid()}`,
      workspaceId,
      email: `kim.${email}`,
      role: "viewer",
      tokenHash: createHash("sha256").update(randomBytes(32)).digest("hex"),
      invitedBy: userId,
      sentAt: new Date(),
      expiresAt: new Date(Date.now() + invitedForMs),
      ...open,
    })
    .execute();
}
