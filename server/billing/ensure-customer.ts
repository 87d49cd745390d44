// The workspace's customer at Stripe: made once, whoever asks at the same moment and wherever we were interrupted.
import { inTransaction } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { sha256Hex } from "~/server/sha256";
import {
  findAccountAcrossWorkspaces,
  insertAccountIfAbsentAcrossWorkspaces,
  listOwnersAcrossWorkspaces,
  setCustomerIfNoneAcrossWorkspaces,
} from "./accounts.queries";
import { assertBillingIsOn } from "./assert-billing-is-on";
import { nameOfWorkspaceAcrossWorkspaces } from "./workspace-state.queries";

type Needs = Pick<Services, "across" | "clock" | "config" | "payments">;

/** Racing first checkouts within it make one customer. */
const sameWishMs = 10 * 60_000;

/** Answers the customer's id. Of several that were made by interruption and race, the one written down counts; others stay empty. */
export async function ensureCustomer(needs: Needs, scope: WorkspaceScope): Promise<string> {
  const payments = assertBillingIsOn(needs);
  const { workspaceId } = scope;
  await inTransaction(needs.across, (tx) => insertAccountIfAbsentAcrossWorkspaces(tx, workspaceId, needs.clock.now()));
  const account = await findAccountAcrossWorkspaces(needs.across, workspaceId);
  const name = await nameOfWorkspaceAcrossWorkspaces(needs.across, workspaceId);
  if (!account || name === null) throw notFound("workspace");
  if (account.customerId) return account.customerId;
  const [owner] = await listOwnersAcrossWorkspaces(needs.across, workspaceId, 1);
  const wish = { workspaceId, installation: needs.config.publicUrl.host, name, email: owner?.email ?? null };
  // A key answers for what it was first used with, failures too: another name, or another ten minutes, is another key.
  const turn = Math.floor(needs.clock.now().getTime() / sameWishMs);
  const idempotencyKey = `customer-${sha256Hex(JSON.stringify([wish, account.customerGeneration, turn])).slice(0, 40)}`;
  const customerId = await payments.createCustomer({ ...wish, idempotencyKey });
  await inTransaction(needs.across, (tx) => setCustomerIfNoneAcrossWorkspaces(tx, workspaceId, customerId));
  const entered = await findAccountAcrossWorkspaces(needs.across, workspaceId);
  return entered?.customerId ?? customerId;
}
