// Refuses a state-changing request that another site made a browser send (MISSION B5, J6).
import type { IncomingHttpHeaders } from "node:http";
import { AppError } from "~/server/errors";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);
const loopbackHosts = ["127.0.0.1", "localhost", "[::1]"];

export type OriginPolicy = {
  origin: string;
  /** On loopback the three names of this machine are one origin. */
  isProduction: boolean;
};

/**
 * A browser says where a request comes from in Sec-Fetch-Site and Origin (Referer as a last resort): whatever it says must be
 * us. A request that carries cookies and says nothing is refused too. A caller with an Authorization header is let through: it
 * has no ambient authority, and its cookies are not looked at.
 */
export function assertSameOrigin(policy: OriginPolicy, request: { method: string; headers: IncomingHttpHeaders }): void {
  if (safeMethods.has(request.method) || request.headers.authorization !== undefined) return;
  const verdict = judge(policy, request.headers);
  if (verdict === "ours" || (verdict === "silent" && request.headers.cookie === undefined)) return;
  throw new AppError(
    "UNAUTHORIZED",
    `This request did not come from ${policy.origin}. Send it from our own pages, or use an API key in the Authorization header.`,
    { details: { reason: "cross_origin" } },
  );
}

function judge(policy: OriginPolicy, headers: IncomingHttpHeaders): "ours" | "foreign" | "silent" {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return "foreign";
  const said = headers.origin ?? originOf(headers.referer);
  if (said !== undefined) return isOurs(policy, said) ? "ours" : "foreign";
  return site === undefined ? "silent" : "ours";
}

function originOf(referer: string | undefined): string | undefined {
  if (referer === undefined) return undefined;
  return URL.canParse(referer) ? new URL(referer).origin : "null";
}

function isOurs(policy: OriginPolicy, said: string): boolean {
  if (said === policy.origin) return true;
  return !policy.isProduction && isSameLoopback(policy.origin, said);
}

/** Whether both are this machine under one of its names, at the same port. */
export function isSameLoopback(origin: string, said: string): boolean {
  if (!URL.canParse(said)) return false;
  const [ours, theirs] = [new URL(origin), new URL(said)];
  const areNames = loopbackHosts.includes(ours.hostname) && loopbackHosts.includes(theirs.hostname);
  return areNames && ours.protocol === theirs.protocol && ours.port === theirs.port;
}
