// One lane of a channel: begins as the answer to its call, then sends within its window and keeps the rest until there is room.
import type { ServerResponse } from "node:http";
import {
  channelHeader,
  channelTaken,
  FrameFault,
  frameBytesMax,
  frameKinds,
  laneWindowBytes,
} from "~/runtime/contract/event-channel";
import type { InvokeUsage } from "~/runtime/contract/invoke";
import type { EventSink } from "./event-sink";
import type { HostError } from "./host-error";
import { sendError } from "./send-json";

/** What a lane needs of its channel. */
export type LaneOut = {
  say(kind: number, lane: number, content?: Buffer | string): void;
  /** Its end goes out with what was said before it; the sink is closed then. */
  sayEnd(lane: number, sink: ChannelSink): void;
  forget(lane: number): void;
};

/** A lifetime: until `close`. */
export class ChannelSink implements EventSink {
  readonly #channel: LaneOut;
  readonly #lane: number;
  readonly #response: ServerResponse;
  hasBegun = false;
  #isClosed = false;
  /** Sent, and not taken yet. */
  #underway = 0;
  #kept: Buffer[] = [];
  #isEnding = false;
  #hasEnded = false;
  #onDrain: () => void = () => undefined;
  readonly #onClose: ((hasAll: boolean) => void)[] = [];

  constructor(channel: LaneOut, { lane, response }: { lane: number; response: ServerResponse }) {
    this.#channel = channel;
    this.#lane = lane;
    this.#response = response;
    // Until it has begun, the caller's connection is the call's life; from then on the lane is.
    response.on("close", () => {
      if (!this.hasBegun) this.close(false);
    });
  }

  get isGone(): boolean {
    return this.#isClosed || (!this.hasBegun && this.#response.destroyed);
  }

  get isBehind(): boolean {
    return this.#kept.length > 0 || this.#underway >= laneWindowBytes;
  }

  begin(): void {
    if (this.hasBegun || this.isGone) return;
    this.hasBegun = true;
    this.#response.writeHead(200, { [channelHeader]: channelTaken, "content-length": 0 }).end();
    this.#channel.say(frameKinds.began, this.#lane);
  }

  flush(): void {
    // Its beginning is a frame of its own.
  }

  write(events: string | Buffer): boolean {
    if (this.isGone) return true;
    // A character takes three bytes at most.
    if (this.#kept.length === 0 && events.length * 3 <= Math.min(laneWindowBytes - this.#underway, frameBytesMax)) {
      this.#underway += typeof events === "string" ? Buffer.byteLength(events) : events.length;
      this.#channel.say(frameKinds.events, this.#lane, events);
    } else {
      this.#kept.push(Buffer.from(events));
      this.#send();
    }
    return !this.isBehind;
  }

  end(events = ""): void {
    if (this.isGone || this.#isEnding) return;
    if (events !== "") this.write(events);
    this.#isEnding = true;
    this.#send();
  }

  refuse(error: HostError, usage: InvokeUsage): void {
    sendError(this.#response, error, usage);
  }

  destroy(): void {
    if (!this.hasBegun) this.#response.destroy();
    else if (!this.isGone) this.#channel.say(frameKinds.broken, this.#lane);
    this.close(false);
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  onClose(listener: (hasAll: boolean) => void): void {
    this.#onClose.push(listener);
  }

  /** Throws when the other side claims more than it was sent. */
  taken(bytes: number): void {
    if (bytes > this.#underway) throw new FrameFault("More was taken than was sent.");
    const wasBehind = this.isBehind;
    this.#underway -= bytes;
    this.#send();
    if (wasBehind && !this.isBehind) this.#onDrain();
  }

  /** Nothing goes out any more. Once; later ones do nothing. */
  close(hasAll: boolean): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#kept = [];
    this.#channel.forget(this.#lane);
    for (const listener of this.#onClose) listener(hasAll);
  }

  #send(): void {
    for (let next = this.#kept[0]; next !== undefined; next = this.#kept[0]) {
      const size = Math.min(next.length, laneWindowBytes - this.#underway, frameBytesMax);
      if (size === 0 && next.length > 0) return;
      this.#underway += size;
      this.#channel.say(frameKinds.events, this.#lane, next.subarray(0, size));
      if (size < next.length) this.#kept[0] = next.subarray(size);
      else this.#kept.shift();
    }
    if (!this.#isEnding || this.#hasEnded || this.#isClosed) return;
    this.#hasEnded = true;
    this.#channel.sayEnd(this.#lane, this);
  }
}
