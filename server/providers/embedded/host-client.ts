// Requests to an agent host over its unix socket, kept alive; its errors come back as AppError.
import { Pool } from "undici";
import { z } from "zod";
import { AppError, type ErrorCode, errorTable } from "~/server/errors";

export type HostRequest = { method: "GET" | "PUT" | "POST" | "DELETE"; path: string; body?: unknown; signal: AbortSignal };

export type HostClient = {
  pool: Pool;
  headers: Readonly<Record<string, string>>;
  /** The parsed answer. Rejects with the host's own error, or a retryable `RUNTIME_ERROR` when there is no host. */
  send<T = undefined>(request: HostRequest): Promise<T>;
};

/** A little under the host's own, so that we never write into a connection that it is closing. */
const keepAliveTimeoutMs = 55_000;

export function createHostClient(host: { socketPath: string; token: string }): HostClient {
  // No limit of connections: each one carries a stream, and a cap would halve what a hundred streams get.
  const pool = new Pool("http://agent-host", {
    socketPath: host.socketPath,
    connections: null,
    pipelining: 1,
    keepAliveTimeout: keepAliveTimeoutMs,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const headers = { authorization: `Bearer ${host.token}`, "content-type": "application/json" };
  return {
    pool,
    headers,
    async send<T>(request: HostRequest): Promise<T> {
      const answer = await exchange(pool, headers, request);
      if (answer.status >= 400) throw hostError(answer.status, answer.text);
      return (answer.text === "" ? undefined : JSON.parse(answer.text)) as T;
    },
  };
}

async function exchange(
  pool: Pool,
  headers: Record<string, string>,
  { method, path, body, signal }: HostRequest,
): Promise<{ status: number; text: string }> {
  try {
    const response = await pool.request({
      method,
      path,
      headers,
      signal,
      body: body === undefined ? null : JSON.stringify(body),
    });
    return { status: response.statusCode, text: await response.body.text() };
  } catch (thrown) {
    signal.throwIfAborted();
    throw unreachable(thrown);
  }
}

const ErrorBody = z.object({
  error: z.object({
    code: z.enum(Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    retryable: z.boolean(),
    details: z.object({ timedOut: z.boolean().optional(), reason: z.string().optional() }).optional(),
  }),
});

/** The host's answer as our error. Its token being refused is our own mistake and must not look like the caller's. */
export function hostError(status: number, text: string): AppError {
  const parsed = ErrorBody.safeParse(safeJson(text));
  if (!parsed.success || parsed.data.error.code === "UNAUTHENTICATED") {
    return new AppError(
      "RUNTIME_ERROR",
      "The agent host refused the request. Check that AGENT_HOST_TOKEN is the same on both sides.",
      {
        cause: new Error(`agent host answered ${status}`),
      },
    );
  }
  const { code, message, retryable, details } = parsed.data.error;
  return new AppError(code, message, {
    retryable,
    details: {
      ...(details?.timedOut === undefined ? {} : { timedOut: details.timedOut }),
      ...(details?.reason === undefined ? {} : { reason: details.reason }),
    },
  });
}

/** No host, or it went away in the middle. */
export function unreachable(cause: unknown): AppError {
  return new AppError("RUNTIME_ERROR", "The agent host cannot be reached. It is restarted by itself; try again in a moment.", {
    retryable: true,
    details: { reason: "host_unreachable" },
    cause,
  });
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
