// The host's end of a channel: many streams' events in few writes, and of each stream never more than its reader has room for.
import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { FrameFault, FrameReader, formatFrame, frameKinds, laneMax, readTaken } from "~/runtime/contract/event-channel";
import { ChannelSink, type LaneOut } from "./channel-sink";

/** What is said within one turn leaves together, but nobody waits for more than this. */
const batchBytesMax = 4 * 1024;

/** A lifetime: one connection. */
export class EventChannel implements LaneOut {
  readonly #socket: Duplex;
  readonly #sinks = new Map<number, ChannelSink>();
  #frames: Buffer[] = [];
  #bytes = 0;
  #ended: ChannelSink[] = [];
  #isDue = false;
  #onQuiet: () => void = () => undefined;

  constructor(socket: Duplex) {
    this.#socket = socket;
    const reader = new FrameReader((kind, lane, content) => this.#hear(kind, lane, content));
    socket.on("data", (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (thrown) {
        if (!(thrown instanceof FrameFault)) throw thrown;
        socket.destroy();
      }
    });
    // Whatever broke it: who reads by it comes back, or its calls are stopped.
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.destroy());
    socket.on("close", () => {
      for (const sink of this.#sinks.values()) sink.close(false);
    });
  }

  /** Null: that lane is none, or in use. */
  open(lane: number, response: ServerResponse): ChannelSink | null {
    if (!Number.isSafeInteger(lane) || lane < 0 || lane > laneMax || this.#sinks.has(lane) || this.#socket.destroyed) return null;
    const sink = new ChannelSink(this, { lane, response });
    this.#sinks.set(lane, sink);
    return sink;
  }

  forget(lane: number): void {
    this.#sinks.delete(lane);
    if (this.#sinks.size === 0) this.#onQuiet();
  }

  /** Resolves when no lane is in use any more. */
  finish(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#sinks.size === 0) resolve();
      else this.#onQuiet = resolve;
    });
  }

  say(kind: number, lane: number, content?: Buffer | string): void {
    const frame = formatFrame(kind, lane, content);
    this.#frames.push(frame);
    this.#bytes += frame.length;
    if (this.#bytes >= batchBytesMax) this.#flush();
    else if (!this.#isDue) {
      this.#isDue = true;
      setImmediate(() => {
        this.#isDue = false;
        this.#flush();
      });
    }
  }

  sayEnd(lane: number, sink: ChannelSink): void {
    this.#ended.push(sink);
    this.say(frameKinds.ended, lane);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** What its socket cannot take yet is bounded by the windows of its lanes. */
  #flush(): void {
    if (this.#frames.length === 0 || this.#socket.destroyed) return;
    const [frames, ended] = [this.#frames, this.#ended];
    [this.#frames, this.#ended, this.#bytes] = [[], [], 0];
    const batch = frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames);
    if (ended.length === 0) this.#socket.write(batch);
    else
      this.#socket.write(batch, (error) => {
        for (const sink of ended) sink.close(!error);
      });
  }

  /** Of a lane that is over somebody may still speak who does not know yet. */
  #hear(kind: number, lane: number, content: Buffer): void {
    if (kind === frameKinds.taken) this.#sinks.get(lane)?.taken(readTaken(content));
    else if (kind === frameKinds.left) this.#sinks.get(lane)?.close(false);
    else this.#socket.destroy();
  }
}
