// Which accounts elsewhere this configuration works with, in words that hold no secret.
import type { Config } from "~/server/config";

/** What is not configured is not in it. */
export function accountsOf({ cloudflare, agentCore, billing }: Pick<Config, "cloudflare" | "agentCore" | "billing">) {
  const accounts: Partial<Record<AccountKind, string>> = {};
  if (cloudflare) {
    const { accountId, dispatchNamespace } = cloudflare;
    accounts.cloudflare = dispatchNamespace === null ? accountId : `${accountId}, dispatch namespace ${dispatchNamespace}`;
  }
  if (agentCore) {
    const account = /^arn:[^:]+:iam::(\d+):/.exec(agentCore.roleArn)?.[1] ?? "unknown";
    accounts.agentcore = `${account}, ${agentCore.region}, bucket ${agentCore.bucket}`;
  }
  if (billing) accounts.stripe = /^[rs]k_test_/.test(billing.secretKey) ? "test mode" : "live mode";
  return accounts;
}

export type AccountKind = "cloudflare" | "agentcore" | "stripe";

export const accountNames: Readonly<Record<AccountKind, string>> = {
  cloudflare: "Cloudflare",
  agentcore: "AWS",
  stripe: "Stripe",
};
