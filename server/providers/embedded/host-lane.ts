// One stream's lane of the channel: its frames become a body that is read at its caller's pace, and what was read is said back.
import { Readable } from "node:stream";
import { FrameFault, frameKinds, laneWindowBytes } from "~/runtime/contract/event-channel";

export type LaneNews = {
  /** From here on a failure is the body's own. */
  onBegan(body: Readable): void;
  /** It broke before it had begun. */
  onFailed(error: Error): void;
  /** What its reader is told. */
  reasonOf(error: Error): Error;
  /** It came to its end, or was given up. Once. */
  onOver(): void;
};

export type LaneWays = {
  /** `channelHeader` of the call. */
  name: string;
  take(bytes: number): void;
  /** Nobody reads it any more. */
  leave(): void;
  /** The lane is free. */
  forget(): void;
};

/** A lifetime: one call, until it is over. */
export class HostLane {
  readonly #ways: LaneWays;
  #news: LaneNews | null = null;
  #body: Readable | null = null;
  #isOver = false;
  /** Received, and not said back as taken. */
  #owed = 0;

  constructor(ways: LaneWays) {
    this.#ways = ways;
  }

  get name(): string {
    return this.#ways.name;
  }

  /** Before its call is sent. */
  follow(news: LaneNews): void {
    this.#news = news;
  }

  /** Throws {@link FrameFault} for what the host may not say now. */
  hear(kind: number, content: Buffer): void {
    if (kind === frameKinds.events) this.#receive(content);
    else if (kind === frameKinds.began) this.#begin();
    else if (kind === frameKinds.ended) this.#end();
    else this.fail(new Error("The host broke the stream off."));
  }

  /** Given up from this side, or broken from the other. */
  fail(error: Error): void {
    if (this.#isOver) return;
    const reason = this.#news?.reasonOf(error) ?? error;
    if (this.#body) this.#body.destroy(reason);
    else {
      this.#leave();
      this.#news?.onFailed(reason);
    }
  }

  /** The call was answered without it. */
  drop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ways.forget();
  }

  #begin(): void {
    if (this.#body) throw new FrameFault("A stream began twice.");
    this.#body = new LaneBody(
      () => this.#giveBack(),
      () => this.#leave(),
    );
    this.#news?.onBegan(this.#body);
  }

  #receive(content: Buffer): void {
    if (!this.#body) throw new FrameFault("A stream came before it had begun.");
    this.#owed += content.length;
    if (this.#owed > laneWindowBytes) throw new FrameFault("A stream is larger than its window.");
    this.#body.push(content);
    this.#giveBack();
  }

  /** In halves of the window: of most streams nothing is ever said. */
  #giveBack(): void {
    const taken = this.#owed - (this.#body?.readableLength ?? 0);
    if (this.#isOver || taken < laneWindowBytes / 2) return;
    this.#owed -= taken;
    this.#ways.take(taken);
  }

  #end(): void {
    if (!this.#body) throw new FrameFault("A stream ended before it had begun.");
    this.drop();
    this.#news?.onOver();
    this.#body.push(null);
  }

  #leave(): void {
    if (this.#isOver) return;
    this.drop();
    this.#ways.leave();
    this.#news?.onOver();
  }
}

/** A stream asks for more once until some comes, and nothing comes before what was read is said back: so each reading of it is heard. */
class LaneBody extends Readable {
  readonly #onRead: () => void;
  readonly #onDestroyed: () => void;

  constructor(onRead: () => void, onDestroyed: () => void) {
    super({ highWaterMark: laneWindowBytes });
    this.#onRead = onRead;
    this.#onDestroyed = onDestroyed;
    // One read may bring its beginning and its break: whoever is about to read it is told then, and nothing falls over before.
    this.on("error", () => undefined);
  }

  override _read(): void {
    // More comes by itself.
  }

  override read(size?: number): Buffer | null {
    const bytes = super.read(size) as Buffer | null;
    if (bytes !== null) this.#onRead();
    return bytes;
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#onDestroyed();
    done(error);
  }
}
