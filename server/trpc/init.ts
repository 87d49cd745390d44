// tRPC set up once: superjson on the wire, AppError mapped to tRPC's codes, and the safe error shape.
import { initTRPC, TRPCError } from "@trpc/server";
import superjson from "superjson";
import type { OpenApiMeta } from "trpc-to-openapi";
import { ZodError } from "zod";
import { assertFewFields } from "~/server/assert-few-fields";
import { AppError, errorTable, toAppError, toEnvelope } from "~/server/errors";
import { assertIdempotencyKey } from "~/server/idempotency/idempotency-key";
import { firstLine, inputIssues } from "~/server/input-issues";
import { inSpan } from "~/server/observability/spans";
import { refusalHeaders } from "~/server/rate-limit/rate-headers";
import { isStorable } from "~/server/storable-text";
import type { Context } from "./context";

const trpc = initTRPC
  .context<Context>()
  .meta<OpenApiMeta>()
  .create({
    transformer: superjson,
    errorFormatter({ shape, error, ctx }) {
      const envelope = toEnvelope(appErrorOf(error), ctx?.request.traceId ?? "");
      return {
        ...shape,
        message: envelope.error.message,
        data: { ...envelope.error, httpStatus: shape.data.httpStatus, traceId: envelope.traceId },
      };
    },
  });

export const router = trpc.router;
export const mergeRouters = trpc.mergeRouters;
export const createCallerFactory = trpc.createCallerFactory;

const tracedProcedure = trpc.procedure.use(({ path, type, next }) => {
  const facts = { "rpc.system": "trpc", "rpc.method": path, "whs.procedure.type": type };
  return inSpan({ name: `trpc ${path}`, kind: "internal", facts, failureOf: (result) => (result.ok ? null : result.error) }, () =>
    next(),
  );
});

/** What a verb threw gets its tRPC code, the rest is logged and becomes `INTERNAL`. */
const answeringProcedure = tracedProcedure.use(async ({ ctx, path, next }) => {
  const result = await next();
  if (result.ok) return result;
  const error = appErrorOf(result.error);
  for (const [name, value] of Object.entries(refusalHeaders(error))) ctx.setHeader?.(name, value);
  if (error.code === "INTERNAL")
    ctx.services.log.error({ err: error.cause, procedure: path, traceId: ctx.request.traceId }, "procedure failed");
  throw new TRPCError({ code: errorTable[error.code].trpc, message: error.message, cause: error });
});

/** Every procedure begins here. A text that no column can hold is the caller's mistake, wherever in the input it stands. */
export const baseProcedure = answeringProcedure.use(async ({ ctx, type, getRawInput, next }) => {
  if (ctx.refusal) throw ctx.refusal;
  const wish = type === "mutation" ? ctx.idempotency?.() : null;
  if (wish) assertIdempotencyKey(wish.key);
  const input = await getRawInput();
  assertFewFields(input);
  if (isStorable(input)) return next();
  throw new AppError("INVALID_REQUEST", "A text holds the character U+0000 or half a surrogate pair. Leave it out.");
});

/** The AppError inside what tRPC caught: thrown by a verb, or made from refused input or an unknown procedure. */
export function appErrorOf(error: TRPCError): AppError {
  if (error.cause instanceof AppError) return error.cause;
  if (error.cause instanceof ZodError) return invalidInput(error.cause);
  if (error.code === "NOT_FOUND") return new AppError("NOT_FOUND", "There is no such procedure.", { cause: error });
  if (["BAD_REQUEST", "PARSE_ERROR", "METHOD_NOT_SUPPORTED", "UNSUPPORTED_MEDIA_TYPE"].includes(error.code)) {
    return new AppError("INVALID_REQUEST", "The request could not be read. Send well-formed JSON with the right method.", {
      cause: error,
    });
  }
  return toAppError(error.cause ?? error);
}

function invalidInput(error: ZodError): AppError {
  const issues = inputIssues(error);
  return new AppError("INVALID_REQUEST", firstLine(issues, "The input is not valid."), { details: { issues } });
}
