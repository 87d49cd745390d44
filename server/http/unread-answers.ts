// What is said and not taken: whoever asks for much and reads nothing holds this process's memory neither for long nor in any amount (MISSION E2).
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { subjectOfAddress } from "~/server/rate-limit/subject-of-address";

export type UnreadLimits = {
  /** Of an answer that is ready, without a byte of it taken; then its connection is closed. */
  silentMs: number;
  /** Of all connections together. What it was made of takes about twice as much again. */
  bytesMax: number;
  lookEveryMs: number;
};

const byDefault: UnreadLimits = { silentMs: 30_000, bytesMax: 128 * 1024 * 1024, lookEveryMs: 250 };

/** Also of streams: they are made no faster than they are read, but one event may be large. */
export function boundUnreadAnswers(server: Server, limits: UnreadLimits = byDefault): void {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  server.prependListener("request", (_request, response) => {
    response.once("prefinish", () => {
      // Node counts what is taken of one large write as well.
      if (response.writableLength > 0) response.setTimeout(limits.silentMs);
    });
  });
  const timer = setInterval(() => makeRoom(open, limits.bytesMax), limits.lookEveryMs);
  timer.unref();
  server.once("close", () => clearInterval(timer));
}

/** Of one address: what holds most comes first, of equals the oldest. */
type Held = { bytes: number; sockets: Socket[] };

/** While there is more, whoever holds most gives way, with what holds most of it. One connection alone is never too much. */
function makeRoom(open: ReadonlySet<Socket>, bytesMax: number): void {
  const holding = [...open].filter(({ writableLength }) => writableLength > 0);
  let bytes = holding.reduce((sum, { writableLength }) => sum + writableLength, 0);
  if (bytes <= bytesMax) return;
  const held = byAddress(holding);
  for (let left = holding.length; bytes > bytesMax && left > 1; left -= 1) {
    const most = held.reduce((one, other) => (other.bytes > one.bytes ? other : one));
    const socket = most.sockets.shift();
    const given = socket?.writableLength ?? 0;
    most.bytes -= given;
    bytes -= given;
    socket?.destroy();
  }
}

/** Behind a proxy all are one, and whichever connection holds most gives way. */
function byAddress(holding: readonly Socket[]): Held[] {
  const all = new Map<string, Held>();
  for (const socket of holding) {
    const address = subjectOfAddress(socket.remoteAddress);
    const held = all.get(address) ?? { bytes: 0, sockets: [] };
    all.set(address, held);
    held.bytes += socket.writableLength;
    held.sockets.push(socket);
  }
  for (const { sockets } of all.values()) sockets.sort((one, other) => other.writableLength - one.writableLength);
  return [...all.values()];
}
