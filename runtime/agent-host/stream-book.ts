// The resumable streams of this host: found by id, kept for a quarter of an hour at most, and within a bound of memory (MISSION E8, G3).
import type { StreamOutcome } from "~/runtime/contract/host-protocol";
import type { EventSink } from "./event-sink";
import { HostError } from "./host-error";
import { ResumableStream } from "./resumable-stream";

export type StreamLimits = {
  /** How long a stream goes on without a reader, and is kept after one had all of it. */
  graceMs: number;
  /** From its beginning: the promise is a quarter of an hour. */
  keptMs: number;
  /** Of all logs together. */
  bytesMax: number;
};

export type StreamOpening = { streamId: string; deploymentId: string; bytesMax: number };

type Ended = { deploymentId: string; outcome: Promise<StreamOutcome>; droppedAt: number };

const streamsMax = 20_000;
const sweepEveryMs = 1_000;

/** A lifetime: one per host; `close()` it. */
export class StreamBook {
  readonly #limits: StreamLimits;
  readonly #now: () => number;
  /** Oldest first. */
  readonly #streams = new Map<string, ResumableStream>();
  /** Without their words: how those ended that are not kept any more. Oldest first. */
  readonly #ended = new Map<string, Ended>();
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;

  constructor(limits: StreamLimits, now: () => number = Date.now) {
    this.#limits = limits;
    this.#now = now;
    this.#timer = setInterval(() => this.sweep(), Math.min(sweepEveryMs, limits.keptMs));
    this.#timer.unref();
  }

  get size(): number {
    return this.#streams.size;
  }

  /** What the logs hold together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Throws when there is a stream of that id. */
  open({ streamId, deploymentId, bytesMax }: StreamOpening, first: EventSink): ResumableStream {
    if (this.#streams.has(streamId)) throw new HostError("CONFLICT", "There is a stream with this id already.");
    if (this.#streams.size >= streamsMax) this.#makeRoom(() => 1);
    const stream: ResumableStream = new ResumableStream(
      {
        streamId,
        deploymentId,
        bytesMax,
        startedAt: this.#now(),
        graceMs: this.#limits.graceMs,
        onGrown: (bytes) => this.#grow(bytes),
        onOver: () => this.#drop(stream),
      },
      first,
    );
    this.#streams.set(streamId, stream);
    return stream;
  }

  /** Throws `NOT_FOUND` for one that is not kept, was never begun, or is another deployment's. */
  find(deploymentId: string, streamId: string): ResumableStream {
    this.sweep();
    const stream = this.#streams.get(streamId);
    if (stream?.parts.deploymentId === deploymentId && stream.hasBegun && stream.isKept) return stream;
    throw new HostError("NOT_FOUND", "There is no such stream on this host.", { details: { reason: "stream_lost" } });
  }

  /** Null: nobody knows any more. How a call ended is also asked of streams that are not kept: what it used has to be counted. */
  outcomeOf(deploymentId: string, streamId: string): Promise<StreamOutcome> | null {
    const ended = this.#ended.get(streamId);
    if (ended?.deploymentId === deploymentId) return ended.outcome;
    return this.findAny(deploymentId, streamId)?.outcome ?? null;
  }

  /** Whatever became of it, as long as it is kept or goes on. */
  findAny(deploymentId: string, streamId: string): ResumableStream | null {
    const stream = this.#streams.get(streamId);
    return stream?.parts.deploymentId === deploymentId ? stream : null;
  }

  /** Forgets what is older than may be kept. Runs each second by itself. */
  sweep(): void {
    const before = this.#now() - this.#limits.keptMs;
    for (const [streamId, { droppedAt }] of this.#ended) {
      if (droppedAt > before && this.#ended.size <= streamsMax) break;
      this.#ended.delete(streamId);
    }
    for (const stream of this.#streams.values()) {
      if (stream.parts.startedAt > before) return;
      if (stream.isFinished) this.#drop(stream);
      else this.#cutOff(stream);
    }
  }

  dropOf(deploymentId: string): void {
    for (const stream of this.#streams.values()) {
      if (stream.parts.deploymentId === deploymentId && stream.isFinished) this.#drop(stream);
    }
  }

  close(): void {
    clearInterval(this.#timer);
    for (const stream of this.#streams.values()) stream.dispose();
    this.#streams.clear();
    this.#ended.clear();
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    while (this.#bytes > this.#limits.bytesMax && this.#makeRoom(({ bytes }) => bytes));
  }

  /** Of whoever holds most: what has ended goes first, then what nobody reads, then what somebody does; of each the oldest. */
  #makeRoom(weightOf: (stream: ResumableStream) => number): boolean {
    const kept = this.#keptOfHeaviest(weightOf);
    const finished = kept.find(({ isFinished }) => isFinished);
    if (finished) this.#drop(finished);
    else this.#cutOff(kept.find(({ readers }) => readers === 0) ?? kept[0]);
    return kept.length > 0;
  }

  /** Of one deployment, the oldest first: what one tenant's agents say takes no room from another's that say less. */
  #keptOfHeaviest(weightOf: (stream: ResumableStream) => number): ResumableStream[] {
    const byDeployment = new Map<string, { weight: number; kept: ResumableStream[] }>();
    for (const stream of this.#streams.values()) {
      if (!stream.isKept) continue;
      const { deploymentId } = stream.parts;
      const of = byDeployment.get(deploymentId) ?? { weight: 0, kept: [] };
      byDeployment.set(deploymentId, of);
      of.weight += weightOf(stream);
      of.kept.push(stream);
    }
    const [heaviest] = [...byDeployment.values()].sort((one, other) => other.weight - one.weight);
    return heaviest?.kept ?? [];
  }

  /** It goes on for whoever reads it now, and for nobody else. */
  #cutOff(stream: ResumableStream | undefined): void {
    if (!stream?.isKept) return;
    this.#bytes -= stream.bytes;
    stream.loseLog();
  }

  #drop(stream: ResumableStream): void {
    if (!this.#streams.delete(stream.parts.streamId)) return;
    this.#bytes -= stream.bytes;
    stream.dispose();
    const { outcome, parts } = stream;
    this.#ended.set(parts.streamId, { deploymentId: parts.deploymentId, outcome, droppedAt: this.#now() });
  }
}
