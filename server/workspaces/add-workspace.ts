// Makes a further workspace for somebody who asks for one.
import { inTransaction } from "~/db/transaction";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { createWorkspace } from "./create-workspace";
import { limitWorkspaceMaking } from "./workspace-limits";
import { ownedWorkspacesMax } from "./workspaces.contract";
import { countOwnedWorkspacesAcrossWorkspaces, lockPersonAcrossWorkspaces } from "./workspaces.queries";

type Needs = Pick<Services, "across" | "clock" | "redis">;
type Wish = { name: string; visitor: Visitor };

/** Answers its id. Throws `CONFLICT` for somebody who owns as many as one person may. */
export async function addWorkspace(services: Needs, user: UserPrincipal, { name, visitor }: Wish): Promise<string> {
  if (!user.emailVerified) throw new AppError("UNAUTHORIZED", "Confirm your address first, then make another workspace.");
  await limitWorkspaceMaking(services, user.userId, visitor);
  return inTransaction(services.across, async (tx) => {
    await lockPersonAcrossWorkspaces(tx, user.userId);
    if ((await countOwnedWorkspacesAcrossWorkspaces(tx, user.userId)) >= ownedWorkspacesMax) {
      throw new AppError("CONFLICT", `You own ${ownedWorkspacesMax} workspaces, and cannot own more. Hand one over first.`);
    }
    return createWorkspace(tx, services.clock, { ownerUserId: user.userId, name, visitor });
  });
}
