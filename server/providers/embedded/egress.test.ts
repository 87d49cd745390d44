// Where an agent's requests may go: by name, by address, by every redirect, in number and in bytes. A stand-in on loopback is what may be reached.
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestAgentHost, type TestAgentHost } from "~/server/testing/agent-host";
import { openPlacedAgents, type PlacedAgents } from "~/server/testing/placed-agents";

const mb = 1024 * 1024;

let host: TestAgentHost;
let agents: PlacedAgents;
let standIn: Server;
let visits: IncomingMessage[] = [];
let port: number;
let origin: string;

beforeAll(async () => {
  host = await startTestAgentHost({ egressAllowLoopback: true, egressBytesPerMinuteMax: 3 * mb });
  agents = openPlacedAgents(host);
  standIn = createServer((request, response) => {
    visits.push(request);
    const url = new URL(request.url ?? "/", "http://stand-in");
    const to = url.searchParams.get("to");
    if (to !== null) return void response.writeHead(Number(url.searchParams.get("status") ?? 302), { location: to }).end();
    const bytes = Number(url.searchParams.get("bytes") ?? 0);
    if (bytes > 0) return void response.end(Buffer.alloc(bytes));
    if (url.pathname === "/wait") return;
    request.resume().on("end", () => response.end("the stand-in"));
  });
  await new Promise<void>((done) => standIn.listen(0, "127.0.0.1", done));
  port = (standIn.address() as AddressInfo).port;
  origin = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  standIn.closeAllConnections();
  standIn.close();
  await host.stop();
});

const fetcher = `export default async (r) => {
  const { url, init } = JSON.parse(r.input.messages[0].content);
  const answer = await fetch(url, init).catch((error) => ({ status: 0, text: () => error.message }));
  return answer.status + " " + (await answer.text());
};`;

const asking = (url: string, init: object = {}) => JSON.stringify({ url, init });

describe("a name", () => {
  it("of this machine, of a cloud's inside or of nobody is refused, with every spelling of its address", async () => {
    const strict = await startTestAgentHost();
    try {
      const { place, ask } = openPlacedAgents(strict);
      const placement = await place(fetcher);
      visits = [];
      const hosts = [
        "localhost",
        "localhost.",
        "LOCALHOST",
        "anything.localhost",
        os.hostname(),
        "ip6-localhost",
        "127.1",
        "0x7f000001",
      ];
      hosts.push(
        "017700000001",
        "0177.0.0.1",
        "127.0.0.1.",
        "127.0.0.1%2e",
        "①②⑦.⓪.⓪.①",
        "0",
        "0.0.0.0",
        "[::]",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
      );
      hosts.push(
        "[::ffff:127.0.0.1]",
        "[::ffff:0:127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "[::127.0.0.1]",
        "[fe80::1]",
      );
      hosts.push(
        "169.254.169.254",
        "[fd00:ec2::254]",
        "metadata.google.internal",
        "100.100.100.200",
        "168.63.129.16",
        "192.168.0.1.",
      );
      for (const name of hosts) {
        for (const scheme of ["http", "https"]) {
          expect(await ask(placement, asking(`${scheme}://${name}:${port}/`)), `${scheme} ${name}`).toMatch(
            /^(403 .*EGRESS_REFUSED|0 )/,
          );
        }
      }
      expect(visits).toEqual([]);
    } finally {
      await strict.stop();
    }
  });

  it("that is not in network.allow is refused, even where it is another name of what is", async () => {
    const placement = await agents.place(fetcher, { networkAllow: ["127.0.0.1"] });
    expect(await agents.ask(placement, asking(`${origin}/`))).toBe("200 the stand-in");
    for (const other of ["localhost", "127.1.1.1", "[::1]", "127.0.0.1.example.com", "127.0.0.1@localhost"]) {
      expect(await agents.ask(placement, asking(`http://${other}:${port}/`)), other).toMatch(/^(403 .*not in network\.allow|0 )/);
    }
  });
});

describe("a redirect", () => {
  for (const status of [301, 302, 303, 307, 308]) {
    it(`with ${status} is checked like a first request: by name and by address`, async () => {
      const placement = await agents.place(fetcher, { networkAllow: ["127.0.0.1", "169.254.169.254", "10.0.0.1"] });
      const to = (target: string) => asking(`${origin}/?status=${status}&to=${encodeURIComponent(target)}`);
      expect(await agents.ask(placement, to(`${origin}/`))).toBe("200 the stand-in");
      expect(await agents.ask(placement, to(`http://localhost:${port}/`))).toMatch(/^403 .*not in network\.allow/);
      expect(await agents.ask(placement, to("https://example.com/"))).toMatch(/^403 .*not in network\.allow/);
      for (const inside of ["http://169.254.169.254/latest/meta-data/", "https://10.0.0.1/"]) {
        expect(await agents.ask(placement, to(inside))).toMatch(/^403 .*not public/);
      }
      expect(await agents.ask(placement, to("file:///etc/passwd"))).toMatch(/^0 /);
    });
  }
});

describe("what is not a request", () => {
  it("WebSockets and raw connections leave by no door, not even to a name that is allowed", async () => {
    const placement = await agents.place(
      `import { connect } from "cloudflare:sockets"; import net from "node:net"; import tls from "node:tls";
      export default async () => {
        const address = "127.0.0.1:${port}";
        const ways = {
          fetched: async () => { const a = await fetch("http://" + address, { headers: { upgrade: "websocket" } }); if (a.status !== 101) throw new Error(String(a.status)); },
          socket: () => new Promise((yes, no) => { const s = new WebSocket("ws://" + address); s.addEventListener("open", yes); s.addEventListener("error", no); }),
          connect: () => connect(address).opened,
          secure: () => connect(address, { secureTransport: "on" }).opened,
          net: () => new Promise((yes, no) => net.connect(${port}, "127.0.0.1").on("connect", yes).on("error", no)),
          tls: () => new Promise((yes, no) => tls.connect(${port}, "127.0.0.1").on("secureConnect", yes).on("error", no)),
        };
        const ended = {};
        for (const [name, act] of Object.entries(ways)) ended[name] = await act().then(() => "open", () => "refused");
        return JSON.stringify(ended);
      };`,
      { networkAllow: ["127.0.0.1"] },
    );
    visits = [];
    const ended = await agents.askJson(placement);
    expect(new Set(Object.values(ended))).toEqual(new Set(["refused"]));
    expect(Object.keys(ended)).toHaveLength(6);
    expect(visits).toEqual([]);
  });

  it("headers are not smuggled: line breaks are refused, the host is the address's own, one request stays one", async () => {
    const placement = await agents.place(fetcher);
    for (const value of ["a\r\nhost: shim", "a\nx: y", "a\0b"]) {
      expect(await agents.ask(placement, asking(`${origin}/`, { headers: { "x-note": value } }))).toMatch(/^0 /);
    }
    visits = [];
    const init = {
      method: "POST",
      body: "GET /admin HTTP/1.1\r\nhost: inside\r\n\r\n",
      headers: {
        host: "shim",
        connection: "close, x-kept",
        "transfer-encoding": "chunked",
        "x-forwarded-host": "shim",
        te: "trailers",
      },
    };
    const answer = await agents.ask(placement, asking(`${origin}/a`, init));
    expect(answer).toMatch(/^(200 the stand-in|0 )/);
    expect(visits.length).toBeLessThanOrEqual(1);
    for (const visit of visits) {
      expect(visit.headers.host).toBe(`127.0.0.1:${port}`);
      expect(visit.url).toBe("/a");
    }
  });
});

describe("how much", { timeout: 120_000 }, () => {
  it("more requests than one agent may make at a time get a clear word, and the others their answers", async () => {
    const placement = await agents.place(`export default async () => {
      const stop = new AbortController();
      const waiting = Array.from({ length: 128 }, () => fetch("${origin}/wait", { signal: stop.signal }).catch(() => null));
      let answer;
      for (let tries = 0; tries < 200 && answer?.status !== 429; tries += 1) { await answer?.text(); answer = await fetch("${origin}/"); }
      const text = answer.status + " " + (await answer.text());
      stop.abort(); await Promise.all(waiting);
      let after = 429; for (let tries = 0; tries < 200 && after === 429; tries += 1) after = (await fetch("${origin}/")).status;
      return JSON.stringify({ text, after });
    };`);
    const { text, after } = await agents.besideNeighbour(() => agents.askJson(placement));
    expect(text).toMatch(/^429 .*EGRESS_LIMITED.*128 requests at a time/);
    expect(after).toBe(200);
  });

  it("more bytes than a minute's are cut, in either direction, and the minute's is the deployment's, not the process's", async () => {
    for (const [url, init] of [
      [`${origin}/?bytes=${8 * mb}`, {}],
      [`${origin}/`, { method: "POST", body: "x".repeat(900_000) }],
    ] as const) {
      const placement = await agents.place(fetcher);
      const seen = new Set<string>();
      for (let tries = 0; tries < 8; tries += 1)
        seen.add((await agents.ask(placement, asking(url, init)).catch(() => "cut")).slice(0, 3));
      expect([...seen]).toContain("429");
      await host.provider.stop(placement);
      expect(await agents.ask(placement, asking(`${origin}/`))).toMatch(/^429 .*MB a minute/);
      expect(await agents.ask(await agents.place(fetcher), asking(`${origin}/`))).toBe("200 the stand-in");
    }
  });
});
