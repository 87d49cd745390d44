// One connection that reads a resumable stream, at its own pace: from the log while it is behind, live once it has caught up.
import { keepAliveComment } from "~/runtime/contract/event-stream";
import type { EventSink } from "./event-sink";
import type { SealedLog } from "./sealed-log";

export type ReaderNews = {
  /** It can take more, and has all there is. */
  onCaughtUp(): void;
  /** The connection is over; `hasAll` when it took everything to the stream's end. */
  onGone(reader: StreamReader, hasAll: boolean): void;
};

export class StreamReader {
  readonly #sink: EventSink;
  #nextId: number;
  #log: SealedLog | null;
  #isLast = false;
  #hasEnded = false;

  constructor(sink: EventSink, from: { log: SealedLog; afterId: number }, news: ReaderNews) {
    this.#sink = sink;
    this.#log = from.log;
    this.#nextId = from.afterId + 1;
    sink.onDrain(() => {
      this.#pump();
      if (!this.isBehind) news.onCaughtUp();
    });
    sink.onClose((hasAll) => news.onGone(this, hasAll && this.#isLast));
  }

  /** It cannot take more just now. */
  get isBehind(): boolean {
    return this.#sink.isBehind;
  }

  begin(): void {
    if (this.#sink.hasBegun || this.#sink.isGone) return;
    this.#sink.begin();
    this.#pump();
  }

  /** The next event may take a while; that there is a stream is said at once. */
  flush(): void {
    this.#sink.flush();
  }

  /** Events that were just said; the first of them has this id. */
  offer(firstId: number, events: string[]): void {
    const isLive = this.#log === null || (this.#nextId === firstId && !this.isBehind);
    if (!isLive) return;
    this.#nextId = firstId + events.length;
    this.#sink.write(events.join(""));
  }

  keepAlive(): void {
    if (this.#sink.hasBegun && !this.isBehind) this.#sink.write(keepAliveComment);
  }

  /** Nothing comes any more: it ends when it has all. */
  finish(): void {
    this.#isLast = true;
    this.#pump();
  }

  /** The log is gone: whoever has all of it goes on live, whoever does not cannot. */
  loseLog(lastId: number): void {
    this.#log = null;
    if (this.#nextId <= lastId) this.#sink.destroy();
  }

  #pump(): void {
    const log = this.#log;
    while (log && this.#nextId <= log.lastId && !this.isBehind) {
      this.#sink.write(log.read(this.#nextId));
      this.#nextId += 1;
    }
    const hasAll = log === null || this.#nextId > log.lastId;
    if (!this.#isLast || !hasAll || this.#hasEnded) return;
    this.#hasEnded = true;
    this.#sink.end();
  }
}
