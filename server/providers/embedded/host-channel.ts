// The one connection by which an agent host hands over the events of all its streams to this process: opened at the first, and again when it broke.
import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Socket } from "node:net";
import {
  channelProtocol,
  FrameFault,
  FrameReader,
  formatFrame,
  formatTaken,
  frameKinds,
  laneMax,
} from "~/runtime/contract/event-channel";
import { HostLane } from "./host-lane";

export type ChannelTarget = { socketPath: string; headers: Readonly<Record<string, string>> };

const openWithinMs = 2_000;
/** A host that has no channels, or is away, is not asked again for so long; its streams come each by its own answer. */
const withoutMs = 5_000;

/** A lifetime: as long as the process. */
export class HostChannel {
  readonly #target: ChannelTarget;
  #open: OpenChannel | null = null;
  #opening: Promise<OpenChannel | null> | null = null;
  #refusedAtMs = Number.NEGATIVE_INFINITY;

  constructor(target: ChannelTarget) {
    this.#target = target;
  }

  /** Null: there is no channel just now. Never rejects. */
  async openLane(): Promise<HostLane | null> {
    if (this.#open?.isLost) this.#open = null;
    if (this.#open) return this.#open.openLane();
    if (!this.#opening && performance.now() - this.#refusedAtMs < withoutMs) return null;
    this.#opening ??= this.#openAgain();
    const opened = await this.#opening;
    return opened?.isLost === false ? opened.openLane() : null;
  }

  async #openAgain(): Promise<OpenChannel | null> {
    const opened = await openChannel(this.#target);
    if (opened === null) this.#refusedAtMs = performance.now();
    this.#open = opened;
    this.#opening = null;
    return opened;
  }
}

function openChannel({ socketPath, headers }: ChannelTarget): Promise<OpenChannel | null> {
  const id = randomBytes(16).toString("hex");
  return new Promise((resolve) => {
    const asked = request({
      socketPath,
      path: `/channels/${id}`,
      headers: { ...headers, connection: "upgrade", upgrade: channelProtocol },
      signal: AbortSignal.timeout(openWithinMs),
    });
    asked.once("upgrade", (_answer, socket, head) => resolve(new OpenChannel(id, socket, head)));
    // A host of an earlier version answers as to any address that it does not know.
    asked.once("response", (answer) => {
      answer.destroy();
      resolve(null);
    });
    asked.on("error", () => resolve(null));
    asked.end();
  });
}

/** A lifetime: one connection. */
class OpenChannel {
  isLost = false;
  readonly #id: string;
  readonly #socket: Socket;
  readonly #lanes = new Map<number, HostLane>();
  #lastLane = 0;

  constructor(id: string, socket: Socket, head: Buffer) {
    this.#id = id;
    this.#socket = socket;
    const reader = new FrameReader((kind, lane, content) => this.#hear(kind, lane, content));
    const read = (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (thrown) {
        if (!(thrown instanceof FrameFault)) throw thrown;
        socket.destroy(thrown);
      }
    };
    socket.on("data", read);
    socket.on("end", () => socket.destroy());
    socket.on("error", (error) => this.#lose(error));
    socket.on("close", () => this.#lose(new Error("The agent host closed the connection.")));
    socket.setNoDelay(true);
    socket.unref();
    if (head.length > 0) read(head);
  }

  openLane(): HostLane {
    do this.#lastLane = this.#lastLane === laneMax ? 0 : this.#lastLane + 1;
    while (this.#lanes.has(this.#lastLane));
    const number = this.#lastLane;
    const lane = new HostLane({
      name: `${this.#id}.${number}`,
      take: (bytes) => void this.#socket.write(formatTaken(number, bytes)),
      leave: () => this.#leave(number),
      forget: () => this.#forget(number),
    });
    if (this.#lanes.size === 0) this.#socket.ref();
    this.#lanes.set(number, lane);
    return lane;
  }

  #hear(kind: number, number: number, content: Buffer): void {
    if (kind === frameKinds.taken || kind === frameKinds.left) throw new FrameFault("The host said what only the house says.");
    const lane = this.#lanes.get(number);
    if (lane) lane.hear(kind, content);
    // Left before it had begun: the host cannot have known.
    else if (kind === frameKinds.began || kind === frameKinds.events) this.#leave(number);
  }

  #leave(number: number): void {
    if (!this.isLost) this.#socket.write(formatFrame(frameKinds.left, number));
  }

  #forget(number: number): void {
    if (this.#lanes.delete(number) && this.#lanes.size === 0) this.#socket.unref();
  }

  #lose(error: Error): void {
    if (this.isLost) return;
    this.isLost = true;
    for (const lane of this.#lanes.values()) lane.fail(error);
  }
}
