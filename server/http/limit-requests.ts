// How often one caller may ask `/trpc` and `/v1`: each key, each session, and each address that shows neither (MISSION B6, J6).
import type { FastifyRequest } from "fastify";
import { principalName } from "~/server/auth/principal";
import { AppError } from "~/server/errors";
import { countRate } from "~/server/rate-limit/limit-rate";
import { rateHeaders } from "~/server/rate-limit/rate-headers";
import { subjectOfAddress } from "~/server/rate-limit/subject-of-address";
import type { Door } from "./door";
import type { RequestContext } from "./request-context";

/** Far above what a person's browser or a busy pipeline asks for; calls of agents are limited by themselves. */
const requestsPerMinuteMax = 3_000;

/** Null when the request may pass; the headers of the context then say how much is left. */
export async function limitRequests(door: Door, request: FastifyRequest, context: RequestContext): Promise<AppError | null> {
  const { subject, points } = await callerOf(request, context);
  const rule = { name: `api_${points}`, points, windowSeconds: 60 };
  try {
    const state = await countRate(door.services, [{ rule, subject }]);
    for (const [name, value] of Object.entries(rateHeaders(state))) context.setHeader(name, value);
    return null;
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown;
    throw thrown;
  }
}

/** A key's own cap holds here too. Whoever fails to prove anything is counted by their address. */
async function callerOf(request: FastifyRequest, context: RequestContext): Promise<{ subject: string; points: number }> {
  const principal = await context.principal().catch(() => null);
  if (!principal) return { subject: subjectOfAddress(request.ip), points: requestsPerMinuteMax };
  const cap = principal.kind === "api_key" ? principal.callsPerMinuteMax : null;
  return { subject: principalName(principal), points: Math.min(requestsPerMinuteMax, cap ?? requestsPerMinuteMax) };
}
