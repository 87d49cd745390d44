// A person, a workspace of theirs, a revoked key, and the audit entry of having made it.
import { createHash, randomBytes } from "node:crypto";
import { hash } from "@node-rs/bcrypt";
import { ulid } from "ulid";
import { contentHashOf } from "../audit-chain";
import type { Tx } from "../transaction";
import { seedPassword, type Tenant } from "./world";

const bcryptCost = 12;

export async function growPeople(
  tx: Tx,
  email: string,
  workspaceName: string,
): Promise<Pick<Tenant, "userId" | "email" | "workspaceId">> {
  const [userId, workspaceId] = [`usr_${ulid()}`, `wks_${ulid()}`];
  const displayName = email.split("@")[0] ?? email;
  const passwordHash = await hash(seedPassword, bcryptCost);
  const person = { id: userId, email, displayName, passwordHash, emailVerifiedAt: new Date(), disabledAt: null };
  await tx.insertInto("users").values(person).execute();
  await tx.insertInto("workspaces").values({ id: workspaceId, name: workspaceName, disabledAt: null }).execute();
  await tx.insertInto("memberships").values({ workspaceId, userId, role: "owner" }).execute();
  await growRevokedKey(tx, userId, workspaceId);
  return { userId, email, workspaceId };
}

/** Its secret is known to nobody, and it is revoked: a seed hands out no way in but the password. */
async function growRevokedKey(tx: Tx, userId: string, workspaceId: string): Promise<void> {
  const id = `key_${ulid()}`;
  const secretHash = createHash("sha256").update(randomBytes(32)).digest("hex");
  const unused = { expiresAt: null, lastUsedAt: null, revokedAt: new Date() };
  await tx
    .insertInto("apiKeys")
    .values({ id, workspaceId, name: "old laptop", preset: "read", prefix: "whs_seed", secretHash, createdBy: userId, ...unused })
    .execute();
  await growAuditEntry(tx, { workspaceId, actorId: userId, targetId: id });
}

async function growAuditEntry(tx: Tx, act: { workspaceId: string; actorId: string; targetId: string }): Promise<void> {
  const metadata = { name: "old laptop" };
  const said = { actorKind: "user", action: "api_key.create", targetKind: "api_key", traceId: null, ipAddress: null } as const;
  const entry = { id: `aud_${ulid()}`, ...act, ...said, createdAt: new Date() };
  await tx
    .insertInto("auditEntries")
    .values({ ...entry, metadata: JSON.stringify(metadata), contentHash: contentHashOf({ ...entry, metadata }) })
    .execute();
}
