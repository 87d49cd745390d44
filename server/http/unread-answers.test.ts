// Whoever asks and does not read: each answer is held for a while, and all of them together within a bound, whatever is asked for and how.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { answerInTurn } from "./answer-in-turn";
import { boundUnreadAnswers, type UnreadLimits } from "./unread-answers";

const large = 8 * 1024 * 1024;
let server: Server;
let sockets: Socket[] = [];
let begun: string[] = [];
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  begun = [];
  server.close();
  server.closeAllConnections();
});

/** `/events` says so much and goes on, everything else ends with it. */
async function serve(limits: Omit<UnreadLimits, "lookEveryMs">): Promise<void> {
  server = createServer(
    answerInTurn(({ url = "" }, response) => {
      begun.push(url.slice(1));
      response.writeHead(200).write("x".repeat(large));
      if (url !== "/events") response.end("x");
    }),
  );
  boundUnreadAnswers(server, { lookEveryMs: 20, ...limits });
  await once(server.listen(0, "127.0.0.1"), "listening");
}

/** Asks, and takes nothing. */
function ask(names: string[], localAddress = "127.0.0.1"): Socket {
  const socket = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", localAddress });
  socket.on("error", () => undefined);
  sockets.push(socket);
  const last = names.length - 1;
  const said = names.map((name, nth) => `GET /${name} HTTP/1.1\r\nhost: x\r\n${nth === last ? "connection: close\r\n" : ""}\r\n`);
  socket.pause().write(said.join(""));
  return socket;
}

/** Takes all there is, at once or `slowly`. */
async function lengthOf(socket: Socket, slowly = false): Promise<number> {
  let length = 0;
  socket.on("data", (chunk: Buffer) => {
    length += chunk.length;
  });
  const timer = slowly ? setInterval(() => socket.read(), 20) : null;
  if (!slowly) socket.resume();
  if (!socket.closed) await once(socket, "close");
  if (timer) clearInterval(timer);
  return length;
}

const begunOf = (count: number) => expect.poll(() => begun.length).toBe(count);

it("an answer of which nothing is taken is given up, and its connection closed", async () => {
  await serve({ silentMs: 200, bytesMax: 1e9 });
  const ended = new Promise((resolve) => server.once("connection", (socket) => socket.once("close", resolve)));
  const silent = ask(["silent"]);
  await ended;
  expect(await lengthOf(silent)).toBeLessThan(large);
});

it("one that is taken slowly goes out whole, however long that takes", async () => {
  await serve({ silentMs: 2_000, bytesMax: 1e9 });
  expect(await lengthOf(ask(["slow"]), true)).toBeGreaterThan(large);
});

it("of more than may wait together, that of whoever holds most goes first, and nobody else's", async () => {
  await serve({ silentMs: 60_000, bytesMax: 3.5 * large });
  const neighbour = ask(["neighbour"], "127.0.0.2");
  await begunOf(1);
  const greedy: Socket[] = [];
  const left = () => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
  for (let nth = 1; nth <= 8; nth += 1) {
    greedy.push(ask([`greedy-${nth}`]));
    await begunOf(1 + nth);
  }
  await expect.poll(left).toBe(3);
  const lengths = await Promise.all([...greedy, neighbour].map((socket) => lengthOf(socket)));
  expect(lengths.map((length) => length > large)).toEqual([...Array(6).fill(false), true, true, true]);
});

it("what a stream has said and nobody takes counts as well", async () => {
  await serve({ silentMs: 60_000, bytesMax: 1.5 * large });
  const streams = ["events", "events"].map((name) => ask([name]));
  await begunOf(2);
  const [first, second] = streams as [Socket, Socket];
  expect(await lengthOf(first)).toBeLessThan(large);
  expect(second.closed).toBe(false);
});

it("an answer that is larger than all that may wait goes out to whoever reads it", async () => {
  await serve({ silentMs: 60_000, bytesMax: 1_000 });
  expect(await lengthOf(ask(["only"]))).toBeGreaterThan(large);
});

it("what was sent ahead on a connection begins when the answer before it is taken, in its order", async () => {
  await serve({ silentMs: 60_000, bytesMax: 1e9 });
  const ahead = ask(["one", "two", "three"]);
  ask(["other"]);
  await begunOf(2);
  expect([...begun].sort()).toEqual(["one", "other"]);
  expect(await lengthOf(ahead)).toBeGreaterThan(3 * large);
  expect(begun.filter((name) => name !== "other")).toEqual(["one", "two", "three"]);
});
