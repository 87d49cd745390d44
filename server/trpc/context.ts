// What every procedure can reach: services, who is calling, and the request's own facts.
import type { Principal } from "~/server/auth/principal";
import type { AppError } from "~/server/errors";
import type { Services } from "~/server/services";

export type RequestFacts = {
  traceId: string;
  ipAddress: string | null;
  userAgent: string | null;
  /** `X-Workspace-Id`, or the workspace of the page: a wish, judged by `mint-scope.ts`. */
  workspaceId: string | null;
};

export type IdempotencyWish = { key: string; isOfForm: boolean };

export type Context = {
  services: Services;
  request: RequestFacts;
  /** Proven once per request, on first use. */
  principal: () => Promise<Principal | null>;
  /** What the browser sent; absent or null when it sent none, or showed a key. For cookies that name something short-lived. */
  cookieHeader?: string | null | undefined;
  /** Adds a Set-Cookie header to the answer. */
  setCookie: (cookie: string) => void;
  /** Says a header of the answer: how much is left of a limit. A caller inside the house has no answer to put it on. */
  setHeader?: ((name: string, value: string) => void) | undefined;
  /** What the request carries to be done once: its `Idempotency-Key`, or the word of a page's form. */
  idempotency?: (() => IdempotencyWish | null) | undefined;
  /** The request is refused before anything is done for it: its caller asks too often. */
  refusal?: AppError | null | undefined;
  /** Aborted when the process drains: subscriptions end on it. */
  closing: AbortSignal;
};
