// The way out of a sandbox survives what agents and the hosts that they call send it.

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createEgressProxy, type EgressProxy } from "./egress-proxy";

let folder: string;
let socketPath: string;
let proxy: EgressProxy;
let upstream: Server | undefined;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "egress-"));
  socketPath = join(folder, "egress.sock");
  proxy = createEgressProxy({ allow: undefined, allowLoopback: true }, () => undefined);
  proxy.server.listen(socketPath);
  await once(proxy.server, "listening");
});
afterEach(async () => {
  proxy.close();
  upstream?.close();
  rmSync(folder, { recursive: true, force: true });
});

function ask(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: url }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on("error", reject);
    asked.end();
  });
}

for (const line of [
  "HTTP/1.1 099 Odd",
  "HTTP/1.1 000 Odd",
  "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade",
]) {
  test(`a host that answers "${line.slice(0, 12)}" fails that request and nothing else`, async () => {
    upstream = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end(`${line}\r\ncontent-length: 0\r\n\r\n`));
    }).listen(0, "127.0.0.1");
    await once(upstream, "listening");
    const { port } = upstream.address() as { port: number };
    expect(await ask(`http://127.0.0.1:${port}/`)).toBe(502);
  });
}

for (const head of [
  "CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n",
  "GET http://example.com/ HTTP/1.1\r\nhost: example.com\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
]) {
  test(`an agent that hangs up right after ${head.slice(0, 7)} brings nothing down`, async () => {
    for (let i = 0; i < 50; i += 1) {
      const socket = connect(socketPath);
      socket.on("error", () => undefined);
      await once(socket, "connect");
      socket.write(head.repeat(1));
      socket.destroy();
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await ask("ftp://x/")).toBe(403);
  });
}
