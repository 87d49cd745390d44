// The tRPC context of one HTTP request: who calls is proven once, on first use, and cookies to set are gathered.
import type { IncomingHttpHeaders } from "node:http";
import type { FastifyRequest } from "fastify";
import { authenticateRequest } from "~/server/auth/authenticate-request";
import type { Principal } from "~/server/auth/principal";
import type { Context, IdempotencyWish, RequestFacts } from "~/server/trpc/context";
import type { Door } from "./door";

const userAgentCharactersMax = 300;

export type RequestContext = {
  /** For the workspace of a page or of `X-Workspace-Id`; the proof of identity is shared by all of one request. */
  inWorkspace: (workspaceId: string | null) => Context;
  principal: () => Promise<Principal | null>;
  /** Set-Cookie values gathered so far. */
  cookies: string[];
  /** Headers of limits, gathered so far. */
  headers: Map<string, string>;
  setHeader: (name: string, value: string) => void;
};

export function createRequestContext(door: Door, request: FastifyRequest): RequestContext {
  const cookies: string[] = [];
  const headers = new Map<string, string>();
  const setHeader = (name: string, value: string) => void headers.set(name, value);
  let proof: Promise<Principal | null> | undefined;
  const principal = () => {
    proof ??= provePrincipal(door, request.headers, cookies);
    return proof;
  };
  const inWorkspace = (workspaceId: string | null): Context => ({
    services: door.services,
    request: { ...factsOf(request), workspaceId },
    principal,
    cookieHeader: cookiesOf(request.headers),
    setCookie: (cookie) => void cookies.push(cookie),
    setHeader,
    idempotency: () => idempotencyWishOf(request.headers),
    closing: door.closing,
  });
  return { inWorkspace, principal, cookies, headers, setHeader };
}

/** Trace id, address and device of a request, and the workspace that its header wishes for. */
export function factsOf(request: FastifyRequest): RequestFacts {
  return {
    traceId: request.id,
    ipAddress: request.ip ?? null,
    userAgent: request.headers["user-agent"]?.slice(0, userAgentCharactersMax) ?? null,
    workspaceId: workspaceWishOf(request.headers),
  };
}

export function workspaceWishOf(headers: IncomingHttpHeaders): string | null {
  const wish = headers["x-workspace-id"];
  return typeof wish === "string" && wish !== "" ? wish : null;
}

export function idempotencyWishOf(headers: IncomingHttpHeaders): IdempotencyWish | null {
  const key = headers["idempotency-key"];
  return typeof key === "string" ? { key, isOfForm: false } : null;
}

function cookiesOf(headers: IncomingHttpHeaders): string | null {
  return headers.authorization === undefined ? (headers.cookie ?? null) : null;
}

/** A caller that shows a key is judged by the key alone: its cookies are not looked at. */
async function provePrincipal(door: Door, headers: IncomingHttpHeaders, cookies: string[]): Promise<Principal | null> {
  const authorizationHeader = headers.authorization ?? null;
  const cookieHeader = cookiesOf(headers);
  const proof = await authenticateRequest(door.services, { cookieHeader, authorizationHeader });
  if (proof.setCookie) cookies.push(proof.setCookie);
  return proof.principal;
}
