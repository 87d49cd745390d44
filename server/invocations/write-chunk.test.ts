// A chunk that is framed by us reads as one that node framed: for callers of HTTP/1.0, and behind an answer that is not over, too.
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeChunk } from "./write-chunk";

const said = ["one\n\n", "grüß 👩‍🚀\n\n", "x".repeat(20_000), "", "last\n\n"];
let server: Server;
let answer: (response: ServerResponse, url: string) => void;
beforeAll(async () => {
  server = createServer((request, response) => answer(response, request.url ?? "")).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => server.close());

/** Everything that comes back over one connection, until it is closed. */
async function exchange(asked: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.write(asked);
  await once(socket, "close");
  return Buffer.concat(chunks).toString("utf8");
}

function speak(response: ServerResponse, write: (response: ServerResponse, bytes: Buffer) => boolean): void {
  response.writeHead(200, { date: "then" });
  response.write("first\n\n");
  for (const text of said) write(response, Buffer.from(text));
  response.end();
}

it.each(["HTTP/1.1", "HTTP/1.0"])("byte for byte as node's own, for callers of %s", async (version) => {
  const asked = `GET / ${version}\r\nhost: a\r\nconnection: close\r\n\r\n`;
  answer = (response) => speak(response, writeChunk);
  const ours = await exchange(asked);
  answer = (response) => speak(response, (own, bytes) => own.write(bytes));
  expect(ours).toBe(await exchange(asked));
  expect(ours).toContain(version === "HTTP/1.1" ? "\r\n6\r\nlast\n\n\r\n0\r\n\r\n" : "last\n\n");
});

it("keeps its turn behind the answer before it on the same connection", async () => {
  const waiting: ServerResponse[] = [];
  answer = (response, url) => {
    if (url === "/first") waiting.push(response);
    else {
      speak(response, writeChunk);
      waiting[0]?.end("the first answer");
    }
  };
  const text = await exchange(
    "GET /first HTTP/1.1\r\nhost: a\r\n\r\nGET /second HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
  );
  expect(text.indexOf("the first answer")).toBeGreaterThan(0);
  expect(text.indexOf("the first answer")).toBeLessThan(text.indexOf("first\n\n"));
  expect(text.endsWith("last\n\n\r\n0\r\n\r\n")).toBe(true);
});
