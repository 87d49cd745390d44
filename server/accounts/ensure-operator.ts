// Makes sure that the installation has its operator and that the operator has a workspace: made once, found at every later start.
import type { Db } from "~/db/client";
import { inTransaction, type Tx } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import { AppError } from "~/server/errors";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { createWorkspace } from "~/server/workspaces/create-workspace";
import { listWorkspacesOfUserAcrossWorkspaces } from "~/server/workspaces/workspaces.queries";
import { insertUserIfAbsentAcrossWorkspaces, lockUserByEmailAcrossWorkspaces } from "./accounts.queries";
import { operatorEmail } from "./operator-email";

/** The operator acts without a session here: the program that calls runs on the operator's own machine. */
export function ensureOperator(
  services: Pick<Services, "across" | "clock">,
  visitor: { traceId: string },
): Promise<UserPrincipal> {
  return inTransaction(services.across, async (tx) => {
    await insertOperator(tx, services, visitor);
    const operator = await lockUserByEmailAcrossWorkspaces(tx, operatorEmail);
    if (!operator || operator.disabledAt)
      throw new AppError("UNAUTHORIZED", `The account ${operatorEmail} is disabled; enable it in the database.`);
    await ensureWorkspace(tx, services, { userId: operator.id, traceId: visitor.traceId });
    const { id: userId, email, displayName, isSuperAdmin } = operator;
    return {
      kind: "user",
      userId,
      email,
      displayName,
      isSuperAdmin,
      emailVerified: true,
      sessionIdHash: "",
      provenAt: services.clock.now(),
    };
  });
}

async function insertOperator(tx: Tx, services: Pick<Services, "clock">, visitor: { traceId: string }): Promise<void> {
  const createdAt = services.clock.now();
  const id = newId("user");
  const person = { id, email: operatorEmail, displayName: "Operator", passwordHash: null };
  const inserted = await insertUserIfAbsentAcrossWorkspaces(tx, {
    ...person,
    isSuperAdmin: true,
    emailVerifiedAt: createdAt,
    createdAt,
  });
  if (!inserted) return;
  const act = { action: "user.create_operator", actorKind: "system", traceId: visitor.traceId } as const;
  await recordPlatformAudit(tx, { ...act, targetKind: "user", targetId: id });
}

async function ensureWorkspace(
  tx: Db,
  services: Pick<Services, "clock">,
  owner: { userId: string; traceId: string },
): Promise<void> {
  const [existing] = await listWorkspacesOfUserAcrossWorkspaces(tx, owner.userId, 1);
  if (existing) return;
  const visitor = { traceId: owner.traceId, ipAddress: null };
  // The plans are for the operator's customers; on their own machine operators are bound by the machine.
  const workspace = { ownerUserId: owner.userId, name: "First workspace", tier: "enterprise", visitor } as const;
  await createWorkspace(tx, services.clock, workspace);
}
