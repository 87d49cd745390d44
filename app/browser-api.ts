// The typed client of live screens: subscriptions over server-sent events. Loaded only by screens that are live.
import { createTRPCClient, httpSubscriptionLink } from "@trpc/client";
import superjson from "superjson";
import type { AppRouter } from "~/server/router";

export function browserApi(workspaceId: string) {
  return createTRPCClient<AppRouter>({
    links: [httpSubscriptionLink({ url: "/trpc", transformer: superjson, connectionParams: () => ({ workspaceId }) })],
  });
}
