// A call's event stream from the agent host, passed on as it comes: same bytes, same chunks, back-pressure kept, destroying it aborts the call.
import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import type { HostInvocation } from "~/runtime/contract/host-protocol";
import { type HostClient, hostError, unreachable } from "./host-client";

const errorBytesMax = 65_536;

/** Resolves with the stream once the host has begun to answer; rejects like `invoke` before that. */
export function streamFromHost(
  client: HostClient,
  request: { path: string; call: HostInvocation; signal: AbortSignal },
): Promise<Readable> {
  return new Promise((resolve, reject) => {
    const exchange = new HostStream(resolve, reject, request.signal);
    client.pool.dispatch(
      {
        method: "POST",
        path: request.path,
        headers: { ...client.headers, accept: "text/event-stream" },
        body: JSON.stringify(request.call),
      },
      exchange,
    );
  });
}

class HostStream implements Dispatcher.DispatchHandler {
  private body: Readable | undefined;
  private controller: Dispatcher.DispatchController | undefined;
  private errorStatus = 0;
  private errorText = "";
  private ended = false;

  constructor(
    private readonly resolve: (body: Readable) => void,
    private readonly reject: (error: unknown) => void,
    private readonly signal: AbortSignal,
  ) {}

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.signal.aborted) this.abort();
    else this.signal.addEventListener("abort", this.abort, { once: true });
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status >= 400) {
      this.errorStatus = status;
      return;
    }
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
    if (this.body === undefined) this.reject(hostError(this.errorStatus, this.errorText));
    else this.body.push(null);
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
