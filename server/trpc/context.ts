// What every procedure can reach: services, who is calling, and the request's own facts.
import type { Principal } from "~/server/auth/principal";
import type { Services } from "~/server/services";

export type RequestFacts = {
  traceId: string;
  ipAddress: string | null;
  userAgent: string | null;
  /** `X-Workspace-Id`, or the workspace of the page: a wish, judged by `mint-scope.ts`. */
  workspaceId: string | null;
};

export type Context = {
  services: Services;
  request: RequestFacts;
  /** Proven once per request, on first use. */
  principal: () => Promise<Principal | null>;
  /** Adds a Set-Cookie header to the answer. */
  setCookie: (cookie: string) => void;
  /** Aborted when the process drains: subscriptions end on it. */
  closing: AbortSignal;
};
