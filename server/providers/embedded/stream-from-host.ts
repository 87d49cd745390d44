// A call's event stream from the agent host, passed on as it comes: same bytes, same chunks, back-pressure kept, destroying it aborts the call.
import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { channelHeader, channelTaken } from "~/runtime/contract/event-channel";
import { asideHeader, type HostInvocation, streamHeaders } from "~/runtime/contract/host-protocol";
import type { StreamWish } from "~/server/providers/provider";
import { type HostClient, hostError, unreachable } from "./host-client";
import type { HostLane } from "./host-lane";

const errorBytesMax = 65_536;
const noContent = 204;

/** Resolves with the stream once the host has begun to answer; rejects like `invoke` before that. */
export async function streamFromHost(
  client: HostClient,
  request: { path: string; call: HostInvocation; wish: StreamWish | undefined; signal: AbortSignal },
): Promise<Readable> {
  const { path, call, wish } = request;
  const lane = await client.channel.openLane();
  const headers = {
    ...client.headers,
    accept: "text/event-stream",
    ...(wish ? headersOf(wish) : {}),
    ...(lane ? { [channelHeader]: lane.name } : {}),
  };
  const asked = { method: "POST" as const, path, headers, body: JSON.stringify(call) };
  const stream = await open(client, asked, { signal: request.signal, lane });
  if (stream === null) throw unreachable(new Error("The host answered a call without a stream."));
  return stream;
}

/** Goes on with one that has begun. Null: it is whole already. */
export function resumeFromHost(
  client: HostClient,
  request: { path: string; afterEventId: number; isAside: boolean; signal: AbortSignal },
): Promise<Readable | null> {
  const aside = request.isAside ? { [asideHeader]: "1" } : {};
  const headers = { ...client.headers, "last-event-id": String(request.afterEventId), ...aside };
  return open(client, { method: "GET", path: request.path, headers }, { signal: request.signal, lane: null });
}

function headersOf({ streamId, resumeUrl, bytesMax }: StreamWish): Record<string, string> {
  return {
    [streamHeaders.streamId]: streamId,
    [streamHeaders.resumeUrl]: resumeUrl,
    [streamHeaders.bytesMax]: String(bytesMax),
  };
}

/** `lane`: where the stream comes if the host takes it; null: as the answer's own body. */
type Reading = { signal: AbortSignal; lane: HostLane | null };
type Settle = { resolve: (body: Readable | null) => void; reject: (error: unknown) => void };

function open(client: HostClient, request: Dispatcher.DispatchOptions, reading: Reading): Promise<Readable | null> {
  return new Promise((resolve, reject) => {
    client.pool.dispatch(request, new HostStream({ resolve, reject }, reading));
  });
}

class HostStream implements Dispatcher.DispatchHandler {
  private body: Readable | undefined;
  private controller: Dispatcher.DispatchController | undefined;
  private status = 0;
  private errorText = "";
  /** Of the answer; a lane goes on. */
  private ended = false;
  private isTaken = false;
  private readonly signal: AbortSignal;
  private lane: HostLane | null;

  constructor(
    private readonly settle: Settle,
    { signal, lane }: Reading,
  ) {
    this.signal = signal;
    this.lane = lane;
    lane?.follow({
      onBegan: (body) => settle.resolve(body),
      onFailed: (error) => this.failBefore(error),
      reasonOf: (error) => this.reasonOf(error),
      onOver: () => signal.removeEventListener("abort", this.abort),
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.signal.aborted) this.abort();
    else this.signal.addEventListener("abort", this.abort, { once: true });
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.status = status;
    this.isTaken = status === 200 && headers[channelHeader] === channelTaken;
    if (this.isTaken) return;
    this.lane?.drop();
    this.lane = null;
    if (status !== 200) return;
    this.body = new Readable({
      read: () => controller.resume(),
      destroy: (error, done) => {
        if (!this.ended) controller.abort(error ?? new Error("The reader went away."));
        done(error);
      },
    });
    this.settle.resolve(this.body);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.body === undefined) {
      if (this.errorText.length < errorBytesMax) this.errorText += chunk.toString("utf8");
    } else if (!this.body.push(chunk)) {
      controller.pause();
    }
  }

  onResponseEnd(): void {
    this.ended = true;
    if (this.isTaken) return;
    this.untie();
    if (this.body !== undefined) this.body.push(null);
    else if (this.status === noContent) this.settle.resolve(null);
    else this.settle.reject(hostError(this.status, this.errorText));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.ended = true;
    // The lane says by itself how it ended.
    if (this.isTaken) return;
    if (this.lane) {
      this.lane.fail(error);
      return;
    }
    this.untie();
    const reason = this.reasonOf(error);
    if (this.body === undefined) this.settle.reject(reason);
    else if (!this.body.destroyed) this.body.destroy(reason);
  }

  private failBefore(error: Error): void {
    this.settle.reject(error);
    if (!this.ended) this.controller?.abort(error);
  }

  private reasonOf(error: Error): Error {
    return this.signal.aborted ? toError(this.signal.reason) : unreachable(error);
  }

  private readonly abort = (): void => {
    const reason = toError(this.signal.reason);
    this.lane?.fail(reason);
    if (!this.ended) this.controller?.abort(reason);
  };

  private untie(): void {
    this.signal.removeEventListener("abort", this.abort);
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("The call was aborted.");
}
