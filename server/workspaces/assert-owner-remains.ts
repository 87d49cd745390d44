// A workspace never loses its last owner. Called under the lock of `lockStanding`; PostgreSQL's own trigger stands behind it.
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError } from "~/server/errors";
import { countOwners } from "./members.queries";

/** Throws `CONFLICT` with reason `last_owner` when one owner less would leave none. */
export async function assertOwnerRemains(tx: Tx, scope: WorkspaceScope): Promise<void> {
  if ((await countOwners(tx, scope)) > 1) return;
  throw new AppError("CONFLICT", "A workspace needs an owner. Hand it over to another member first.", {
    details: { reason: "last_owner" },
  });
}
