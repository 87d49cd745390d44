// One answer that outlives whoever reads it: its log, its readers, how long it goes on alone, and how it ended (MISSION E8).
import type { StreamOutcome } from "~/runtime/contract/host-protocol";
import type { InvokeUsage } from "~/runtime/contract/invoke";
import type { RunningCall } from "./call-agent";
import type { EventOutlet } from "./event-outlet";
import type { EventSink } from "./event-sink";
import { HostError } from "./host-error";
import { entryOverheadBytes, SealedLog } from "./sealed-log";
import { StreamReader } from "./stream-reader";

export type StreamParts = {
  streamId: string;
  deploymentId: string;
  startedAt: number;
  /** How long it goes on without a reader, and how long it is kept after one had all of it. */
  graceMs: number;
  /** Most that its events may take together. */
  bytesMax: number;
  /** Its log has grown by so much. */
  onGrown(bytes: number): void;
  /** Nothing of it is needed any more. */
  onOver(): void;
};

const readersMax = 8;

export class ResumableStream implements EventOutlet {
  readonly parts: StreamParts;
  /** Resolves when generation is over, one way or another; never rejects. */
  readonly outcome: Promise<StreamOutcome>;
  hasBegun = false;
  isFinished = false;
  whyStopped: HostError | null = null;
  readonly #readers = new Set<StreamReader>();
  #log: SealedLog | null = new SealedLog();
  #lastId = 0;
  #running: RunningCall | null = null;
  #timer: NodeJS.Timeout | undefined;
  #settle: (outcome: StreamOutcome) => void = () => undefined;
  readonly #first: EventSink;
  readonly #firstReader: StreamReader;
  /** They listen for the house: whoever it is for may still come for all of it. */
  readonly #aside = new WeakSet<StreamReader>();
  /** Who got all of it first, and so began its end. */
  #takenBy: StreamReader | null = null;

  constructor(parts: StreamParts, first: EventSink) {
    this.parts = parts;
    this.#first = first;
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#firstReader = this.#join(first, 0);
  }

  /** What it holds of the machine's memory, roughly. */
  get bytes(): number {
    return this.#log ? this.#log.textBytes + this.#lastId * entryOverheadBytes : 0;
  }

  get lastId(): number {
    return this.#lastId;
  }

  get readers(): number {
    return this.#readers.size;
  }

  get isKept(): boolean {
    return this.#log !== null;
  }

  bind(running: RunningCall): void {
    this.#running = running;
    if (this.#first.isGone) running.abort();
  }

  begin(meta: string): void {
    if (this.#first.isGone) return;
    this.hasBegun = true;
    for (const reader of this.#readers) reader.begin();
    this.#append([meta]);
  }

  write(event: string): boolean {
    this.#append([event]);
    if (this.#log && this.#log.textBytes > this.parts.bytesMax) this.#running?.fail(tooLarge(this.parts.bytesMax));
    const readers = [...this.#readers];
    // Who is behind reads on from the log; without one, what they have not taken would wait here without bound.
    return this.#log
      ? readers.length === 0 || readers.some(({ isBehind }) => !isBehind)
      : readers.every(({ isBehind }) => !isBehind);
  }

  keepAlive(): void {
    for (const reader of this.#readers) reader.keepAlive();
  }

  end(events: string[], outcome: StreamOutcome): void {
    this.#append(events);
    this.#finish(outcome);
    for (const reader of this.#readers) reader.finish();
    if (this.whyStopped?.options.details?.reason === stopReason) this.#forgetLater(this.#firstReader);
  }

  refuse(error: HostError, usage: InvokeUsage): void {
    this.#first.refuse(error, usage);
    this.#finish({ outcome: "error", tokens: usage.tokens, error: { code: error.code, message: error.message } });
    this.parts.onOver();
  }

  breakOff({ tokens }: InvokeUsage): void {
    this.#first.destroy();
    this.#finish({ outcome: "aborted", tokens, error: null });
    this.parts.onOver();
  }

  /**
   * Throws when that event was not sent yet, or too many read already. False: there is nothing after it, nor will there be. `isAside`:
   * whoever it was for may still come for all of it.
   */
  attach(sink: EventSink, afterId: number, { isAside = false } = {}): boolean {
    if (afterId > this.#lastId) {
      const details = { reason: "last_event_id_invalid" };
      throw new HostError("INVALID_REQUEST", `Event ${afterId} was not sent yet; the last one is ${this.#lastId}.`, { details });
    }
    if (this.isFinished && afterId === this.#lastId) return false;
    if (this.#readers.size >= readersMax) throw tooManyReaders();
    const reader = this.#join(sink, afterId);
    if (isAside) this.#aside.add(reader);
    if (!this.isFinished) clearTimeout(this.#timer);
    reader.begin();
    reader.flush();
    if (this.isFinished) reader.finish();
    else this.#running?.resume();
    return true;
  }

  /** Whoever began it has left, and is not the one who reads on there: what was read for them was not read by them. */
  setAside(): void {
    this.#aside.add(this.#firstReader);
    if (this.#takenBy !== this.#firstReader || this.whyStopped !== null) return;
    this.#takenBy = null;
    clearTimeout(this.#timer);
  }

  /** Whoever it was for does not want it any more: the agent is stopped, and nothing is kept. */
  stop(): void {
    if (this.isFinished) this.parts.onOver();
    else this.#stopFor(new HostError("CONFLICT", "This answer was stopped.", { details: { reason: stopReason } }));
  }

  /** Makes room. A stream that somebody reads goes on, but cannot be resumed any more; one that nobody reads is stopped. */
  loseLog(): void {
    const lastId = this.#lastId;
    this.#log = null;
    for (const reader of this.#readers) reader.loseLog(lastId);
    if (!this.isFinished && this.#readers.size === 0) this.#running?.abort();
  }

  /** Readers that have not got all of it are cut off: what is dropped is gone. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#log = null;
    for (const reader of this.#readers) reader.loseLog(this.#lastId);
  }

  #append(events: string[]): void {
    const [before, firstId] = [this.bytes, this.#lastId + 1];
    this.#lastId += events.length;
    for (const event of events) this.#log?.append(event);
    for (const reader of this.#readers) reader.offer(firstId, events);
    if (this.#log) this.parts.onGrown(this.bytes - before);
  }

  #finish(outcome: StreamOutcome): void {
    this.isFinished = true;
    clearTimeout(this.#timer);
    this.#running = null;
    this.#settle(outcome);
  }

  #join(sink: EventSink, afterId: number): StreamReader {
    const log = this.#log as SealedLog;
    const reader = new StreamReader(
      sink,
      { log, afterId },
      {
        onCaughtUp: () => this.#running?.resume(),
        onGone: (gone, hasAll) => this.#leave(gone, hasAll && !this.#aside.has(gone)),
      },
    );
    this.#readers.add(reader);
    return reader;
  }

  #leave(reader: StreamReader, hasAll: boolean): void {
    this.#readers.delete(reader);
    if (this.isFinished) {
      if (hasAll) this.#forgetLater(reader);
    } else if (!this.hasBegun || !this.#log) {
      // Nobody can come back: the address was never given out, or what was said is not there any more.
      if (this.#readers.size === 0) this.#running?.abort();
    } else if (this.#readers.size === 0) {
      this.#running?.resume();
      this.#timer = setTimeout(() => this.#stopFor(abandoned(this.parts.graceMs)), this.parts.graceMs);
    }
  }

  /** Counted from the first who got all of it: reading it again keeps nothing for longer. */
  #forgetLater(reader: StreamReader): void {
    if (this.#takenBy !== null) return;
    this.#takenBy = reader;
    this.#timer = setTimeout(() => this.parts.onOver(), this.parts.graceMs);
    this.#timer.unref();
  }

  #stopFor(why: HostError): void {
    this.whyStopped ??= why;
    this.#running?.abort();
  }
}

const stopReason = "stream_stopped";

function abandoned(graceMs: number): HostError {
  return new HostError("CONFLICT", `Nobody read this answer for ${graceMs / 1_000} s, so it was stopped.`, {
    retryable: true,
    details: { reason: "stream_abandoned" },
  });
}

function tooManyReaders(): HostError {
  return new HostError("CONFLICT", `This answer is already read by ${readersMax} at once. Close one of them.`, {
    retryable: true,
    details: { reason: "too_many_readers" },
  });
}

function tooLarge(bytesMax: number): HostError {
  return new HostError("RUNTIME_ERROR", `The answer is larger than ${bytesMax} bytes, which is the most of this plan.`, {
    details: { reason: "answer_too_large" },
  });
}
