// Reads of one chain: a workspace's under row-level security, the platform's own under the role that is not bound.
import { inTransaction, inWorkspace, type Tx } from "~/db/transaction";
import type { Services } from "~/server/services";
import { platformChain } from "./record-audit";

export function readChain<T>(needs: Pick<Services, "db" | "across">, chain: string, read: (tx: Tx) => Promise<T>): Promise<T> {
  return chain === platformChain
    ? inTransaction(needs.across, read)
    : inWorkspace(needs.db, { workspaceId: chain, namedAgents: null }, read);
}
