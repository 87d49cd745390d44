// One connection that reads a resumable stream, at its own pace: from the log while it is behind, live once it has caught up.
import type { ServerResponse } from "node:http";
import { eventStreamHeaders, keepAliveComment } from "~/runtime/contract/event-stream";
import type { SealedLog } from "./sealed-log";

export type ReaderNews = {
  /** It can take more, and has all there is. */
  onCaughtUp(): void;
  /** The connection is over; `hasAll` when it took everything to the stream's end. */
  onGone(reader: StreamReader, hasAll: boolean): void;
};

export class StreamReader {
  readonly #response: ServerResponse;
  #nextId: number;
  #log: SealedLog | null;
  #isLast = false;

  constructor(response: ServerResponse, from: { log: SealedLog; afterId: number }, news: ReaderNews) {
    this.#response = response;
    this.#log = from.log;
    this.#nextId = from.afterId + 1;
    response.on("drain", () => {
      this.#pump();
      if (!this.isBehind) news.onCaughtUp();
    });
    response.on("close", () => news.onGone(this, response.writableFinished && this.#isLast));
  }

  /** It cannot take more just now. */
  get isBehind(): boolean {
    return this.#response.writableNeedDrain;
  }

  begin(): void {
    if (this.#response.headersSent || this.#response.destroyed) return;
    this.#response.writeHead(200, eventStreamHeaders);
    this.#pump();
  }

  /** The next event may take a while; that there is a stream is said at once. */
  flush(): void {
    this.#response.flushHeaders();
  }

  /** Events that were just said; the first of them has this id. */
  offer(firstId: number, events: string[]): void {
    const isLive = this.#log === null || (this.#nextId === firstId && !this.isBehind);
    if (!isLive) return;
    this.#nextId = firstId + events.length;
    this.#response.write(events.join(""));
  }

  keepAlive(): void {
    if (this.#response.headersSent && !this.isBehind) this.#response.write(keepAliveComment);
  }

  /** Nothing comes any more: it ends when it has all. */
  finish(): void {
    this.#isLast = true;
    this.#pump();
  }

  /** The log is gone: whoever has all of it goes on live, whoever does not cannot. */
  loseLog(lastId: number): void {
    this.#log = null;
    if (this.#nextId <= lastId) this.#response.destroy();
  }

  #pump(): void {
    const log = this.#log;
    while (log && this.#nextId <= log.lastId && !this.isBehind) {
      this.#response.write(log.read(this.#nextId));
      this.#nextId += 1;
    }
    const hasAll = log === null || this.#nextId > log.lastId;
    if (this.#isLast && hasAll && !this.#response.writableEnded) this.#response.end();
  }
}
