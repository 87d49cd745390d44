// How often a workspace may have pages of Stripe's opened: each is a call over the network on our account.
import type { WorkspaceScope } from "~/server/auth/scope";
import { limitRate } from "~/server/rate-limit/limit-rate";
import type { Services } from "~/server/services";

const opened = { name: "billing_hosted_page", points: 30, windowSeconds: 10 * 60 };

export function limitHostedPages(needs: Pick<Services, "redis">, { workspaceId }: WorkspaceScope): Promise<void> {
  return limitRate(needs, [{ rule: opened, subject: workspaceId }]);
}
