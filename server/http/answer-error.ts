// Turns whatever was thrown into the one error envelope, on every machine surface (CONTRACTS "Errors").
import { TRPCError } from "@trpc/server";
import type { FastifyReply, FastifyRequest } from "fastify";
import { AppError, statusOf, toAppError, toEnvelope } from "~/server/errors";
import type { Log } from "~/server/log";
import { refusalHeaders } from "~/server/rate-limit/rate-headers";
import { appErrorOf } from "~/server/trpc/init";

/** Fastify's error handler: answers, and logs what we did not foresee. */
export function answerError(log: Log, thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = foreseen(thrown, request.routeOptions.bodyLimit);
  if (error.code === "INTERNAL") {
    log.error(
      { err: error.cause, method: request.method, route: request.routeOptions.url, traceId: request.id },
      "request failed",
    );
  }
  for (const [name, value] of Object.entries(refusalHeaders(error))) reply.header(name, value);
  void reply.code(statusOf(error)).type("application/json; charset=utf-8").send(toEnvelope(error, request.id));
}

function foreseen(thrown: unknown, bodyBytesMax: number | undefined): AppError {
  if (thrown instanceof TRPCError) return appErrorOf(thrown);
  if (!isHttpError(thrown)) return toAppError(thrown);
  if (thrown.statusCode === 413) return tooLarge(bodyBytesMax);
  if (thrown.statusCode === 415) {
    return new AppError("INVALID_REQUEST", "This content type is not read here. Send application/json.");
  }
  if (thrown.statusCode >= 400 && thrown.statusCode < 500) {
    return new AppError("INVALID_REQUEST", "The request could not be read. Send well-formed JSON in UTF-8.", { cause: thrown });
  }
  return toAppError(thrown);
}

function tooLarge(bytesMax: number | undefined): AppError {
  const limit = bytesMax === undefined ? "" : `: at most ${Math.floor(bytesMax / 1024)} KiB`;
  return new AppError("PAYLOAD_TOO_LARGE", `The body is larger than this address accepts${limit}.`);
}

/** What Fastify itself throws at a request that it cannot read. */
function isHttpError(thrown: unknown): thrown is Error & { statusCode: number } {
  return thrown instanceof Error && "statusCode" in thrown && typeof thrown.statusCode === "number";
}
