// In production nothing is said in the clear: plain requests are sent to the HTTPS address, or refused (MISSION J5, J9).
import type { FastifyReply, FastifyRequest } from "fastify";
import { AppError } from "~/server/errors";
import type { Door } from "./door";

/** Load balancers and scrapers ask these from inside, by address and without TLS; they hold nothing private. */
const insidePaths = new Set(["/healthz", "/readyz", "/metrics"]);

/**
 * Whether the request was dealt with. A reader is redirected; anything that carries a body is refused, since it was already
 * sent in the clear. `request.protocol` heeds X-Forwarded-Proto only from a trusted proxy.
 */
export function demandHttps(door: Door, request: FastifyRequest, reply: FastifyReply): boolean {
  if (!door.services.config.isProduction || request.protocol === "https") return false;
  const path = request.url.startsWith("/") ? request.url : "/";
  if (insidePaths.has(path.split("?", 1)[0] ?? "")) return false;
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new AppError("INVALID_REQUEST", `Plain HTTP is not accepted here. Send the request to ${door.origin} instead.`, {
      details: { reason: "https_required" },
    });
  }
  void reply.redirect(`${door.origin}${path}`, 308);
  return true;
}
