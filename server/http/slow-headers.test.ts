// Headers that never end are refused in time, however they trickle in, and hold up nobody else (slow loris, MISSION E2).
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { startWeb, type Web } from "./start-web";

const headersMs = 500;
let services: TestServices;
let web: Web;
beforeAll(async () => {
  services = await createTestServices();
  const arrival = { headersMs, requestMs: 60_000, checkedEveryMs: 20 };
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false, arrival });
});
afterAll(async () => {
  await web.drain();
  await services.dispose();
});

async function open({ allowHalfOpen = false } = {}): Promise<Socket> {
  const { hostname, port } = new URL(web.url);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

const begun = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n";

it.each([
  ["says nothing more", () => undefined],
  [
    "goes on letter by letter",
    (socket: Socket) => {
      const trickle = setInterval(() => socket.write("x"), 10);
      socket.once("close", () => clearInterval(trickle));
    },
  ],
  [
    "goes on header by header",
    (socket: Socket) => {
      const trickle = setInterval(() => socket.write("x-more: y\r\n"), 10);
      socket.once("close", () => clearInterval(trickle));
    },
  ],
])("whoever begins a request and %s is refused and cut off, while others are served", async (_what, goOn) => {
  const slow = await open();
  const answer = text(slow);
  slow.write(begun);
  goOn(slow);
  expect((await fetch(new URL("/healthz", web.url))).status).toBe(200);
  const said = await answer;
  expect(said).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  expect(said).toContain("connection: close");
  expect(JSON.parse(said.slice(said.indexOf("\r\n\r\n")))).toMatchObject({
    error: { code: "INVALID_REQUEST", message: "The request did not arrive in time." },
  });
});

it("whoever was refused and goes on all the same loses the connection", async () => {
  const socket = await open({ allowHalfOpen: true });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  const trickle = setInterval(() => socket.write("x"), 10);
  socket.write(begun);
  socket.resume();
  await closed;
  clearInterval(trickle);
});

it("a connection that was served is refused in the same way when its next request never ends", async () => {
  const socket = await open();
  const answers = text(socket);
  socket.write(`${begun}\r\n`);
  await once(socket, "data");
  socket.write(begun);
  const said = await answers;
  expect(said).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(said).toContain("HTTP/1.1 408 Request Timeout\r\n");
});
