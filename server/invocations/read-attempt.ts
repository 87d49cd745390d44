// What a call's headers say of it, whatever door it came through.
import type { IncomingHttpHeaders } from "node:http";
import type { CallAttempt } from "./admit-call";
import { traceparentFrom } from "./traceparent";

type Known = Pick<CallAttempt, "principal" | "agentId" | "body" | "traceId" | "ipAddress">;

export function readAttempt(headers: IncomingHttpHeaders, known: Known): CallAttempt {
  const { principal, agentId, body, traceId, ipAddress } = known;
  return {
    principal,
    agentId,
    workspaceId: headerOf(headers, "x-workspace-id"),
    deploymentId: headerOf(headers, "x-deployment-id"),
    body,
    traceId,
    traceparent: traceparentFrom(headers["traceparent"]),
    ipAddress,
  };
}

/** Null: it is absent, empty or there more than once. */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return typeof value === "string" && value !== "" ? value : null;
}
