// What a limited answer says about its limit: RateLimit-Limit, -Remaining and -Reset, and Retry-After when it is used up (MISSION B6).
import type { AppError } from "~/server/errors";

export type RateState = { limit: number; remaining: number; resetSeconds: number };

export type RateHeaders = { "ratelimit-limit": string; "ratelimit-remaining": string; "ratelimit-reset": string };

export function rateHeaders(state: RateState): RateHeaders {
  return {
    "ratelimit-limit": String(state.limit),
    "ratelimit-remaining": String(Math.max(0, state.remaining)),
    "ratelimit-reset": String(Math.max(0, Math.ceil(state.resetSeconds))),
  };
}

/** Of a refusal: when to come back, and which limit it was. Empty for an error that is about something else. */
export function refusalHeaders({ code, details }: AppError): Record<string, string> {
  const { limit, retryAfterSeconds } = details;
  if (retryAfterSeconds === undefined) return {};
  const seconds = Math.max(1, Math.ceil(retryAfterSeconds));
  const isRate = code === "RATE_LIMITED" && limit !== undefined;
  return {
    "retry-after": String(seconds),
    ...(isRate ? rateHeaders({ limit, remaining: 0, resetSeconds: seconds }) : {}),
  };
}
