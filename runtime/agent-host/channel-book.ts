// The channels of this host: each gateway opens its own under an id of its own, and its calls name it.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { channelHeader, channelProtocol } from "~/runtime/contract/event-channel";
import { EventChannel } from "./event-channel";
import { type EventSink, sinkTo } from "./event-sink";

/** More gateways than one host ever serves. */
const channelsMax = 256;
const channelPath = /^\/channels\/([0-9a-f]{32})$/;
const laneName = /^([0-9a-f]{32})\.(\d{1,10})$/;

/** A lifetime: one per host; `close()` it. */
export class ChannelBook {
  readonly #channels = new Map<string, EventChannel>();

  /** Whoever asks has proven that they may. What is no request for a channel is refused. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const id = channelPath.exec(request.url ?? "")?.[1];
    const isSound = id !== undefined && request.headers.upgrade === channelProtocol && head.length === 0;
    if (!isSound || this.#channels.has(id) || this.#channels.size >= channelsMax) {
      refuseUpgrade(socket, "400 Bad Request");
      return;
    }
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ${channelProtocol}\r\n\r\n`);
    this.#channels.set(id, new EventChannel(socket));
    socket.on("close", () => this.#channels.delete(id));
  }

  /** By the lane that the call names, or, when it names none that is there, by its own answer. */
  sinkOf(request: IncomingMessage, response: ServerResponse): EventSink {
    const said = request.headers[channelHeader];
    const [, id = "", lane = ""] = laneName.exec(typeof said === "string" ? said : "") ?? [];
    return this.#channels.get(id)?.open(Number(lane), response) ?? sinkTo(response);
  }

  /** Resolves when every stream has gone out to its end, or its reader has left. No call may begin any more. */
  async finish(): Promise<void> {
    await Promise.all([...this.#channels.values()].map((channel) => channel.finish()));
  }

  close(): void {
    for (const channel of this.#channels.values()) channel.destroy();
  }
}

export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on("error", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
