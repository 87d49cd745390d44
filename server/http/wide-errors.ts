// tRPC's own error answers, widened so that they are also the envelope of every other surface (CONTRACTS "Errors").
import { AppError, type ErrorCode, errorTable, toEnvelope } from "~/server/errors";

type TrpcError = { error: { json?: { message?: string; data?: Record<string, unknown> } } };

/** tRPC's client reads `error.json`; everybody else finds `error.code`, `error.message`, `error.retryable` and `traceId`. */
export async function wideErrorsOf(response: Response, traceId: string): Promise<Response> {
  const body = await readJson(response);
  const wide = Array.isArray(body) ? body.map((one) => widen(one, traceId)) : widen(body, traceId);
  const headers = new Headers(response.headers);
  headers.set("content-type", "application/json");
  headers.delete("content-length");
  return new Response(JSON.stringify(wide), { status: response.status, headers });
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function widen(answer: unknown, traceId: string): unknown {
  if (!isTrpcError(answer)) return answer ?? toEnvelope(new AppError("INTERNAL", "Something went wrong on our side."), traceId);
  const { message = "", data = {} } = answer.error.json ?? {};
  const code = isErrorCode(data["code"]) ? data["code"] : "INTERNAL";
  const { details, retryable } = data;
  return {
    error: { ...answer.error, code, message, ...(details ? { details } : {}), retryable: retryable === true },
    traceId,
  };
}

function isTrpcError(answer: unknown): answer is TrpcError {
  return typeof answer === "object" && answer !== null && "error" in answer && typeof answer.error === "object";
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && code in errorTable;
}
