// A call's event stream from the agent host, passed on as it comes: same bytes, same chunks, back-pressure kept, destroying it aborts the call.
import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { type HostInvocation, streamHeaders } from "~/runtime/contract/host-protocol";
import type { StreamWish } from "~/server/providers/provider";
import { type HostClient, hostError, unreachable } from "./host-client";

const errorBytesMax = 65_536;
const noContent = 204;

/** Resolves with the stream once the host has begun to answer; rejects like `invoke` before that. */
export async function streamFromHost(
  client: HostClient,
  request: { path: string; call: HostInvocation; wish: StreamWish | undefined; signal: AbortSignal },
): Promise<Readable> {
  const { path, call, wish } = request;
  const headers = { ...client.headers, accept: "text/event-stream", ...(wish ? headersOf(wish) : {}) };
  const stream = await open(client, { method: "POST", path, headers, body: JSON.stringify(call) }, request.signal);
  if (stream === null) throw unreachable(new Error("The host answered a call without a stream."));
  return stream;
}

/** Goes on with one that has begun. Null: it is whole already. */
export function resumeFromHost(
  client: HostClient,
  request: { path: string; afterEventId: number; signal: AbortSignal },
): Promise<Readable | null> {
  const headers = { ...client.headers, "last-event-id": String(request.afterEventId) };
  return open(client, { method: "GET", path: request.path, headers }, request.signal);
}

function headersOf({ streamId, resumeUrl, bytesMax }: StreamWish): Record<string, string> {
  return {
    [streamHeaders.streamId]: streamId,
    [streamHeaders.resumeUrl]: resumeUrl,
    [streamHeaders.bytesMax]: String(bytesMax),
  };
}

function open(client: HostClient, request: Dispatcher.DispatchOptions, signal: AbortSignal): Promise<Readable | null> {
  return new Promise((resolve, reject) => {
    client.pool.dispatch(request, new HostStream(resolve, reject, signal));
  });
}

class HostStream implements Dispatcher.DispatchHandler {
  private body: Readable | undefined;
  private controller: Dispatcher.DispatchController | undefined;
  private status = 0;
  private errorText = "";
  private ended = false;

  constructor(
    private readonly resolve: (body: Readable | null) => void,
    private readonly reject: (error: unknown) => void,
    private readonly signal: AbortSignal,
  ) {}

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.signal.aborted) this.abort();
    else this.signal.addEventListener("abort", this.abort, { once: true });
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    this.status = status;
    if (status !== 200) return;
    this.body = new Readable({
      read: () => controller.resume(),
      destroy: (error, done) => {
        if (!this.ended) controller.abort(error ?? new Error("The reader went away."));
        done(error);
      },
    });
    this.resolve(this.body);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.body === undefined) {
      if (this.errorText.length < errorBytesMax) this.errorText += chunk.toString("utf8");
    } else if (!this.body.push(chunk)) {
      controller.pause();
    }
  }

  onResponseEnd(): void {
    this.finish();
    if (this.body !== undefined) this.body.push(null);
    else if (this.status === noContent) this.resolve(null);
    else this.reject(hostError(this.status, this.errorText));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.finish();
    const reason = this.signal.aborted ? toError(this.signal.reason) : unreachable(error);
    if (this.body === undefined) this.reject(reason);
    else if (!this.body.destroyed) this.body.destroy(reason);
  }

  private readonly abort = (): void => {
    this.controller?.abort(toError(this.signal.reason));
  };

  private finish(): void {
    this.ended = true;
    this.signal.removeEventListener("abort", this.abort);
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("The call was aborted.");
}
