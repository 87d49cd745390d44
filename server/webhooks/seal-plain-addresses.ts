// Seals the addresses that the release before wrote down in plain, so that none stays so.
import type { Services } from "~/server/services";
import { maskWebhookUrl } from "./mask-webhook-url";
import { listPlainAddressesAcrossWorkspaces, setAddressSealedIfPlainAcrossWorkspaces } from "./sending.queries";
import { webhookUrlPlace } from "./webhook-url-place";

const sealedMax = 500;

/** Answers how many were sealed. Safe to run at any time, also twice at once. */
export async function sealPlainAddresses(needs: Pick<Services, "across" | "vault">): Promise<number> {
  let sealed = 0;
  for (const { id, workspaceId, url } of await listPlainAddressesAcrossWorkspaces(needs.across, sealedMax)) {
    const sealedUrl = await needs.vault.seal(webhookUrlPlace(workspaceId, id), url);
    const change = { workspaceId, endpointId: id, plain: url, masked: maskWebhookUrl(url), sealedUrl };
    if (await setAddressSealedIfPlainAcrossWorkspaces(needs.across, change)) sealed += 1;
  }
  return sealed;
}
