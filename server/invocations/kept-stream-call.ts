// A stream that outlives its caller and its gateway: opened under a ticket, and followed to its end when its caller has left (MISSION E8).
import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { principalName } from "~/server/auth/principal";
import type { HeardAnswer } from "~/server/conversations/heard-answer";
import type { AppError } from "~/server/errors";
import type { PlacedDeployment, Provider, ResumableStreams, StreamWish } from "~/server/providers/provider";
import { withDeadline } from "~/server/with-deadline";
import type { AdmittedCall } from "./admit-call";
import { EventFramer } from "./event-framer";
import type { Gateway } from "./gateway";
import type { RelayEnd } from "./relay-stream";
import { issueTicket } from "./ticket-of-stream";

/** What of a running call matters here. */
export type KeptRun = {
  signal: AbortSignal;
  heard: HeardAnswer | null;
  explain(thrown: unknown): AppError;
  /** The caller knows how to come back. */
  isLetGo(): boolean;
};

type Ends = {
  upstream: Readable;
  response: ServerResponse;
  /** It is read to its end, whoever listens. */
  goesOn: boolean;
};

const restMs = 5_000;

/** Null: the runtime cannot resume. Whatever ends the call by force from now on ends it at the runtime too. */
export function keepStream(
  gateway: Gateway,
  call: AdmittedCall,
  { provider, run }: { provider: Provider; run: KeptRun },
): KeptStreamCall | null {
  const { streams } = provider;
  if (!streams) return null;
  const { deployment, target, scope } = call;
  const { agentId, workspaceId } = target;
  const { config, clock } = gateway.needs;
  const place = { deploymentId: deployment.deploymentId, agentId, workspaceId };
  const holder = { agentId, workspaceId, principal: principalName(scope.principal) };
  const { streamId, ticket } = issueTicket(config, { deploymentId: place.deploymentId, holder, now: clock.now() });
  const resumeUrl = new URL(`/v1/invoke/${agentId}/streams/${ticket}`, config.publicUrl).href;
  const wish = { streamId, resumeUrl, bytesMax: target.plan.answerBytesMax };
  return new KeptStreamCall({ gateway, run, streams, place, wish });
}

type Parts = { gateway: Gateway; run: KeptRun; streams: ResumableStreams; place: PlacedDeployment; wish: StreamWish };

/** A lifetime: one call, until `untilOver` or `giveUp`. */
export class KeptStreamCall {
  readonly #parts: Parts;
  readonly #stop = () => this.#stopThere();
  #untie: () => void = () => undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.run.signal.addEventListener("abort", this.#stop, { once: true });
  }

  get wish(): StreamWish {
    return this.#parts.wish;
  }

  /** A caller who leaves, or a gateway that does, lets go of the stream and no more. */
  tie({ upstream, response, goesOn }: Ends): void {
    const { gateway, run } = this.#parts;
    const leave = () => {
      if (!goesOn) upstream.destroy();
      else if (!response.writableFinished) this.#setAside();
    };
    const handOver = () => {
      if (!run.isLetGo()) return;
      response.destroy();
      upstream.destroy();
    };
    response.once("close", leave);
    gateway.leaving.addEventListener("abort", handOver, { once: true });
    this.#untie = () => gateway.leaving.removeEventListener("abort", handOver);
  }

  /** How generation ended, once it has; null: this gateway is stopping, and the stream goes on without it. Never rejects. */
  async untilOver(ending: RelayEnd): Promise<RelayEnd | null> {
    const { gateway, run } = this.#parts;
    try {
      if (ending.outcome !== "aborted" && !ending.isCut) return ending;
      if (gateway.leaving.aborted) return null;
      if (ending.isCut) this.#stopThere();
      return await (ending.isCut || run.signal.aborted ? this.#countSpent(ending) : this.#follow(ending));
    } catch (thrown) {
      return gateway.leaving.aborted ? null : { outcome: "error", error: run.explain(thrown), tokens: ending.tokens };
    } finally {
      this.#end();
    }
  }

  /** The call failed before its caller could have learned how to come back. */
  giveUp(): void {
    this.#end();
    this.#stopThere();
  }

  #end(): void {
    this.#parts.run.signal.removeEventListener("abort", this.#stop);
    this.#untie();
  }

  async #follow({ lastId = 0 }: RelayEnd): Promise<RelayEnd> {
    const { gateway, run, streams, place, wish } = this.#parts;
    const signal = AbortSignal.any([run.signal, gateway.leaving]);
    const { outcome, tokens, error } = await streams.outcome(place, wish.streamId, { signal });
    if (run.heard) await this.#hearRest(run.heard, lastId);
    return { outcome, tokens, error: outcome === "error" ? error : null };
  }

  /** Our own reading broke off before the agent's count came: the runtime knows what was used all the same. */
  async #countSpent(ending: RelayEnd): Promise<RelayEnd> {
    const { gateway, streams, place, wish } = this.#parts;
    const signal = withDeadline(restMs, gateway.leaving);
    const spent = await streams.outcome(place, wish.streamId, { signal }).catch(() => null);
    return spent ? { ...ending, tokens: Math.max(ending.tokens ?? 0, spent.tokens) } : ending;
  }

  /** What its caller was said while they were away, as far as it is still there. */
  async #hearRest(heard: HeardAnswer, lastId: number): Promise<void> {
    const { gateway, streams, place, wish } = this.#parts;
    const from = { streamId: wish.streamId, afterEventId: lastId, isAside: true };
    const framer = new EventFramer(lastId);
    try {
      const rest = await streams.resume(place, from, { signal: AbortSignal.timeout(restMs) });
      for await (const chunk of rest ?? []) {
        const whole = framer.push(chunk as Buffer);
        if (whole) heard.note(whole);
      }
      const last = framer.finish();
      if (last) heard.note(last);
    } catch (error) {
      gateway.needs.log.warn({ err: error }, "the rest of an answer could not be kept");
    }
  }

  /** They come back by the stream's address as well as by their key. */
  #setAside(): void {
    const { gateway, streams, place, wish } = this.#parts;
    streams
      .setAside(place, wish.streamId)
      .catch((error: unknown) =>
        gateway.needs.log.warn({ err: error }, "a stream is kept for no longer than if its caller had read it"),
      );
  }

  #stopThere(): void {
    const { gateway, streams, place, wish } = this.#parts;
    streams
      .stop(place, wish.streamId)
      .catch((error: unknown) => gateway.needs.log.warn({ err: error }, "a stream could not be stopped"));
  }
}
