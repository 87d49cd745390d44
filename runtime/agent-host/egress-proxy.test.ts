// The way out of a sandbox survives whatever agents, and the hosts that they call, send it.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEgressBudget, type EgressBudget } from "./egress-budget";
import { createEgressProxy, type EgressProxy } from "./egress-proxy";

let folder: string;
let socketPath: string;
let proxy: EgressProxy;
let refusals: string[];
let budget: EgressBudget;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "whs-egress-"));
  socketPath = join(folder, "egress.sock");
  refusals = [];
  budget = createEgressBudget({ requestsMax: 8, lookupsMax: 2, bytesPerMinuteMax: 1_000_000 });
  proxy = createEgressProxy({ policy: { allow: undefined, allowLoopback: true }, budget }, (reason) => refusals.push(reason));
  await once(proxy.server.listen(socketPath), "listening");
});
afterEach(() => {
  proxy.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The status of the answer that an agent gets. */
function ask(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: url }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.once("error", reject);
    asked.end();
  });
}

async function withHostThatAnswers(head: string, act: (url: string) => Promise<void>): Promise<void> {
  const host: Server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(`${head}\r\ncontent-length: 0\r\n\r\n`));
  });
  await once(host.listen(0, "127.0.0.1"), "listening");
  await act(`http://127.0.0.1:${(host.address() as AddressInfo).port}/`).finally(() => host.close());
}

describe("the egress proxy", () => {
  const oddHeads = ["HTTP/1.1 099 Odd", "HTTP/1.1 000 Odd", "HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade"];
  for (const head of oddHeads) {
    it(`fails the one request that a host answers with "${head.split("\r\n", 1)[0]}"`, () =>
      withHostThatAnswers(head, async (url) => {
        expect(await ask(url)).toBe(502);
        expect(await ask("ftp://example.com/")).toBe(403);
      }));
  }

  const switches = {
    "a raw connection": "CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n",
    "a WebSocket": "GET http://example.com/ HTTP/1.1\r\nhost: example.com\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
  };
  for (const [name, head] of Object.entries(switches)) {
    it(`outlives agents that ask for ${name} and hang up at once`, async () => {
      for (let round = 1; round <= 20; round += 1) {
        const socket = connect(socketPath);
        await once(socket, "connect");
        socket.write(head, () => socket.destroy());
        await expect.poll(() => refusals.length).toBe(round);
      }
      expect(await ask("ftp://example.com/")).toBe(403);
    });
  }

  it("connects to the address that was checked, whatever the name answers a moment later", async () => {
    const answers = ["127.0.0.1", "10.0.0.1", "127.0.0.1"];
    const asked: string[] = [];
    proxy.close();
    const resolve = async (name: string) => {
      asked.push(name);
      return [{ address: answers.shift() ?? "", family: 4 }];
    };
    proxy = createEgressProxy({ policy: { allow: undefined, allowLoopback: true, resolve }, budget }, (reason) =>
      refusals.push(reason),
    );
    rmSync(socketPath, { force: true });
    await once(proxy.server.listen(socketPath), "listening");
    await withHostThatAnswers("HTTP/1.1 200 OK", async (url) => {
      const name = url.replace("127.0.0.1", "rebinding.test");
      expect([await ask(name), await ask(name), await ask(name)]).toEqual([200, 403, 200]);
    });
    expect(asked).toEqual(["rebinding.test", "rebinding.test", "rebinding.test"]);
  });

  it("holds no more requests at a time than its deployment may make, and gives each back when its caller leaves", async () => {
    const silent = createServer(() => undefined);
    await once(silent.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    const waiting = Array.from({ length: 8 }, () => request({ socketPath, path: url }).on("error", () => undefined));
    for (const one of waiting) one.end();
    await expect.poll(() => ask("ftp://example.com/")).toBe(429);
    for (const one of waiting) one.destroy();
    await expect.poll(() => ask("ftp://example.com/")).toBe(403);
    silent.close();
  });
});
