// Requests to an agent host over its unix socket, kept alive; its errors come back as AppError.
import { type Dispatcher, Pool } from "undici";
import { z } from "zod";
import { hostStopping } from "~/runtime/contract/host-stop";
import { AppError, type ErrorCode, errorTable } from "~/server/errors";
import type { HeldAnswer } from "~/server/providers/held-answers";
import { withSpent } from "~/server/providers/spent-at-fault";
import { HostChannel } from "./host-channel";

export type HostRequest = {
  method: "GET" | "PUT" | "POST" | "DELETE";
  path: string;
  body?: unknown;
  signal: AbortSignal;
  /** Where an answer counts that an agent may make as large as it likes; `giveUp` ends it. */
  heldAs?: (giveUp: (why: AppError) => void) => HeldAnswer;
};

export type HostClient = {
  pool: Pool;
  headers: Readonly<Record<string, string>>;
  /** The events of streams come by it, where the host has it. */
  channel: HostChannel;
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
    channel: new HostChannel({ socketPath: host.socketPath, headers }),
    async send<T>(request: HostRequest): Promise<T> {
      const answer = await exchange(pool, headers, request);
      if (answer.status >= 400) throw hostError(answer.status, answer.text);
      return (answer.text === "" ? undefined : JSON.parse(answer.text)) as T;
    },
  };
}

/** Dispatched by hand: `request` of undici costs as much again for a body that is wanted whole. */
function exchange(
  pool: Pool,
  headers: Record<string, string>,
  { method, path, body, signal, heldAs }: HostRequest,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const whole = new WholeAnswer({ resolve, reject }, signal, heldAs);
    pool.dispatch({ method, path, headers, body: body === undefined ? null : JSON.stringify(body) }, whole);
  });
}

type Settle = { resolve: (answer: { status: number; text: string }) => void; reject: (error: unknown) => void };

/** As bytes, and as the text that is made of them. */
const timesHeld = 2;

class WholeAnswer implements Dispatcher.DispatchHandler {
  private status = 0;
  private bytes = 0;
  private chunks: Buffer[] = [];
  private readonly held: HeldAnswer | undefined;
  private controller: Dispatcher.DispatchController | undefined;

  constructor(
    private readonly settle: Settle,
    private readonly signal: AbortSignal,
    heldAs: HostRequest["heldAs"],
  ) {
    this.held = heldAs?.((why) => this.giveUp(why));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.signal.aborted) this.abort();
    else this.signal.addEventListener("abort", this.abort);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    this.held?.hold("text", this.bytes * timesHeld);
  }

  onResponseEnd(): void {
    this.letGo();
    this.settle.resolve({ status: this.status, text: this.textOf() });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.letGo();
    this.settle.reject(this.signal.aborted ? this.signal.reason : unreachable(error));
  }

  private giveUp(why: AppError): void {
    this.settle.reject(why);
    this.chunks = [];
    this.controller?.abort(why);
  }

  private letGo(): void {
    this.signal.removeEventListener("abort", this.abort);
    this.held?.release();
  }

  private textOf(): string {
    const [only, second] = this.chunks;
    return (only && !second ? only : Buffer.concat(this.chunks)).toString("utf8");
  }

  private readonly abort = (): void => {
    const { reason } = this.signal;
    this.controller?.abort(reason instanceof Error ? reason : new Error("The request was aborted."));
  };
}

const ErrorBody = z.object({
  error: z.object({
    code: z.enum(Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    retryable: z.boolean(),
    details: z.object({ timedOut: z.boolean().optional(), reason: z.string().optional() }).optional(),
  }),
  usage: z.object({ tokens: z.number().int().min(0), toolCalls: z.number().int().min(0) }).optional(),
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
  // As if nobody listened there any more: it handed nothing over.
  if (details?.reason === hostStopping) return unreachable(Object.assign(new Error(message), { code: "ECONNREFUSED" }));
  const error = new AppError(code, message, {
    retryable,
    details: {
      ...(details?.timedOut === undefined ? {} : { timedOut: details.timedOut }),
      ...(details?.reason === undefined ? {} : { reason: details.reason }),
    },
  });
  return withSpent(error, parsed.data.usage);
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
