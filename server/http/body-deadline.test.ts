// A body that trickles in holds no connection: at its deadline it is answered 408 and the socket is gone (slow loris).
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import Fastify from "fastify";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { demandBodyInTime } from "./body-deadline";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function open() {
  const app = Fastify();
  const asked = new Promise<void>((resolve) => {
    app.addHook("onRequest", async (request, reply) => {
      demandBodyInTime(request, reply);
      resolve();
    });
  });
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.post("/", async ({ body }) => String(body));
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1");
  let heard = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    heard += text;
  });
  socket.on("error", () => undefined);
  socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nab");
  await asked;
  return { app, socket, heard: () => heard };
}

it("is cut off at its deadline, however often a byte came", async () => {
  const { app, socket, heard } = await open();
  vi.advanceTimersByTime(29_000);
  socket.write("c");
  const closed = once(socket, "close");
  vi.advanceTimersByTime(1_001);
  await closed;
  expect(heard()).toMatch(/^HTTP\/1\.1 408 /);
  expect(heard()).toContain("The body did not arrive within 30 seconds.");
  await app.close();
});

it("that is whole in time is answered, and nothing cuts it off later", async () => {
  const { app, socket, heard } = await open();
  socket.write("cd");
  await once(socket, "data");
  vi.advanceTimersByTime(60_000);
  expect(heard()).toMatch(/^HTTP\/1\.1 200 [\s\S]*abcd$/);
  socket.destroy();
  await app.close();
});
