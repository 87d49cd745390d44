// The workspace's customer at Stripe: made once, whoever asks at the same moment and wherever we were interrupted.
import { inTransaction } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import {
  findAccountAcrossWorkspaces,
  insertAccountIfAbsentAcrossWorkspaces,
  listOwnersAcrossWorkspaces,
  setCustomerIfNoneAcrossWorkspaces,
} from "./accounts.queries";
import { assertBillingIsOn } from "./assert-billing-is-on";
import { nameOfWorkspaceAcrossWorkspaces } from "./workspace-state.queries";

type Needs = Pick<Services, "across" | "clock" | "config" | "payments">;

/** Answers the customer's id. The key makes Stripe answer the same customer until we have written its id down. */
export async function ensureCustomer(needs: Needs, scope: WorkspaceScope): Promise<string> {
  const payments = assertBillingIsOn(needs);
  const { workspaceId } = scope;
  await inTransaction(needs.across, (tx) => insertAccountIfAbsentAcrossWorkspaces(tx, workspaceId, needs.clock.now()));
  const account = await findAccountAcrossWorkspaces(needs.across, workspaceId);
  const name = await nameOfWorkspaceAcrossWorkspaces(needs.across, workspaceId);
  if (!account || name === null) throw notFound("workspace");
  if (account.customerId) return account.customerId;
  const [owner] = await listOwnersAcrossWorkspaces(needs.across, workspaceId, 1);
  const installation = needs.config.publicUrl.host;
  const customerId = await payments.createCustomer({
    workspaceId,
    installation,
    name,
    email: owner?.email ?? null,
    idempotencyKey: `customer-${installation}-${workspaceId}-${account.customerGeneration}`,
  });
  await inTransaction(needs.across, (tx) => setCustomerIfNoneAcrossWorkspaces(tx, workspaceId, customerId));
  const entered = await findAccountAcrossWorkspaces(needs.across, workspaceId);
  return entered?.customerId ?? customerId;
}
