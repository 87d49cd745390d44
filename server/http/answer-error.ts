// Turns whatever was thrown into the one error envelope, on every machine surface (CONTRACTS "Errors").
import { TRPCError } from "@trpc/server";
import type { FastifyReply, FastifyRequest } from "fastify";
import { AppError, type ErrorEnvelope, statusOf, toAppError, toEnvelope } from "~/server/errors";
import type { Log } from "~/server/log";
import { refusalHeaders } from "~/server/rate-limit/rate-headers";
import { appErrorOf } from "~/server/trpc/init";

/** Fastify's error handler: answers, and logs what we did not foresee. */
export function answerError(log: Log, thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { bodyLimit: bodyBytesMax, url: route } = request.routeOptions;
  const { status, headers, envelope } = errorAnswerOf(log, thrown, {
    method: request.method,
    route,
    traceId: request.id,
    bodyBytesMax,
  });
  void reply.headers(headers).code(status).type("application/json; charset=utf-8").send(envelope);
}

type Asked = { method: string; route: string | undefined; traceId: string; bodyBytesMax: number | undefined };
export type ErrorAnswer = { status: number; headers: Record<string, string>; envelope: ErrorEnvelope };

/** What is answered, by whoever answers it; what we did not foresee is logged. */
export function errorAnswerOf(log: Log, thrown: unknown, { method, route, traceId, bodyBytesMax }: Asked): ErrorAnswer {
  const error = foreseen(thrown, bodyBytesMax);
  if (error.code === "INTERNAL") log.error({ err: error.cause, method, route, traceId }, "request failed");
  return { status: statusOf(error), headers: refusalHeaders(error), envelope: toEnvelope(error, traceId) };
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
