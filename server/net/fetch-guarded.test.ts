// A guarded fetch asks named origins at public addresses over TLS, in time and up to a size; everything else fails before it hurts.
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type GithubArchives, startGithubArchives } from "~/server/testing/github-archives";
import { fetchGuarded, type GuardedRequest } from "./fetch-guarded";
import { type Network, publicNetwork } from "./network";

let host: GithubArchives;
beforeAll(async () => {
  host = await startGithubArchives();
});
afterAll(() => host.close());
beforeEach(() => host.reset());

const answerWith = (write: (response: ServerResponse, request: IncomingMessage) => void) => {
  host.misbehave = (request, response) => {
    write(response, request);
    return true;
  };
};

async function fetchText(url: URL, more: Partial<GuardedRequest> & { network?: Partial<Network> } = {}): Promise<string> {
  const { network, ...request } = more;
  const origins = [host.config.github.web.origin];
  const limits = { origins, timeoutMs: 5_000, idleMs: 5_000, bytesMax: 1_000 };
  const answer = await fetchGuarded({ ...host.config.network, ...network }, url, { ...limits, ...request });
  try {
    const pieces: Uint8Array[] = [];
    for await (const piece of answer.body) pieces.push(piece);
    return `${answer.status} ${Buffer.concat(pieces).toString()}`;
  } finally {
    await answer.close();
  }
}

const refused = (reason: string) => expect.objectContaining({ name: "GuardedFetchError", reason });

describe("a guarded fetch", () => {
  it("answers what a named origin says", async () => {
    answerWith((response) => response.end("hello"));
    expect(await fetchText(host.config.github.web)).toBe("200 hello");
  });

  it("looks nothing up for another scheme, another origin, or credentials", async () => {
    const { port } = host;
    const urls = [
      `http://github.com:${port}/`,
      "https://github.com/",
      `https://x@github.com:${port}/`,
      `https://github.com.evil.tld:${port}/`,
    ];
    for (const url of urls) await expect(fetchText(new URL(url))).rejects.toThrow(refused("url_refused"));
    expect(host.lookedUp).toEqual([]);
  });

  it.each([
    "127.0.0.1",
    "127.9.9.9",
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "169.254.169.254",
    "168.63.129.16",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fe80::1",
    "fd00:ec2::254",
    "ff02::1",
  ])("connects to no name that leads to %s, nor to the address itself", async (address) => {
    const network = { allowLoopback: false, resolve: async () => [{ address, family: address.includes(":") ? 6 : 4 }] };
    await expect(fetchText(host.config.github.web, { network })).rejects.toThrow(refused("address_refused"));
    const literal = new URL(`https://${address.includes(":") ? `[${address}]` : address}:${host.port}/`);
    const more = { network, origins: [literal.origin] };
    await expect(fetchText(literal, more)).rejects.toThrow(refused("address_refused"));
    expect(host.asked).toEqual([]);
  });

  it("refuses a name when only one of its addresses is not public", async () => {
    const addresses = [
      { address: "93.184.215.14", family: 4 },
      { address: "10.0.0.1", family: 4 },
    ];
    const network = { resolve: async () => addresses };
    await expect(fetchText(host.config.github.web, { network })).rejects.toThrow(refused("address_refused"));
  });

  it("says of a name that nobody knows, and of a lookup that fails, that it could not be resolved", async () => {
    const failing = () => Promise.reject(new Error("SERVFAIL"));
    for (const resolve of [async () => [], failing]) {
      await expect(fetchText(host.config.github.web, { network: { resolve } })).rejects.toThrow(refused("name_unknown"));
    }
  });

  it("asks for the name anew with each connection, so that a name cannot turn inside after it was checked", async () => {
    answerWith((response) => response.end("hello"));
    host.answers.set("github.com", ["127.0.0.1", "10.0.0.1"]);
    expect(await fetchText(host.config.github.web)).toBe("200 hello");
    await expect(fetchText(host.config.github.web)).rejects.toThrow(refused("address_refused"));
    expect(host.lookedUp).toEqual(["github.com", "github.com"]);
    expect(host.asked).toHaveLength(1);
  });

  it("follows no redirect", async () => {
    answerWith((response) => response.writeHead(302, { location: "https://169.254.169.254/" }).end());
    expect(await fetchText(host.config.github.web)).toBe("302 ");
    expect(host.lookedUp).toEqual(["github.com"]);
  });

  it("trusts no certificate of its own making, and none for another name", async () => {
    const { allowLoopback, resolve } = host.config.network;
    const limits = { origins: [host.config.github.web.origin], timeoutMs: 5_000, idleMs: 5_000, bytesMax: 1_000 };
    const asking = fetchGuarded({ allowLoopback, resolve }, host.config.github.web, limits);
    await expect(asking).rejects.toThrow(refused("connection_failed"));
    const other = new URL(`https://example.com:${host.port}/`);
    await expect(fetchText(other, { origins: [other.origin] })).rejects.toThrow(refused("connection_failed"));
    expect(host.asked).toEqual([]);
  });

  it("ends a body that grows over the cap", async () => {
    answerWith((response) => {
      const more = () => void (response.destroyed || response.write(Buffer.alloc(16_384), more));
      more();
    });
    await expect(fetchText(host.config.github.web)).rejects.toThrow(refused("too_large"));
  });

  it("gives up on a host that is silent before its head, or within its body", async () => {
    answerWith(() => undefined);
    await expect(fetchText(host.config.github.web, { idleMs: 300 })).rejects.toThrow(refused("timed_out"));
    answerWith((response) => response.write("some"));
    await expect(fetchText(host.config.github.web, { idleMs: 300 })).rejects.toThrow(refused("timed_out"));
  });

  it("gives up at its deadline on a host that always sends a little more", async () => {
    answerWith((response) => {
      const timer = setInterval(() => response.write("."), 20);
      response.on("close", () => clearInterval(timer));
    });
    await expect(fetchText(host.config.github.web, { timeoutMs: 400 })).rejects.toThrow(refused("timed_out"));
  });

  it("says of a connection that breaks that it failed", async () => {
    answerWith((response) => response.writeHead(200, { "content-length": 100 }).write("x", () => response.destroy()));
    await expect(fetchText(host.config.github.web)).rejects.toThrow(refused("connection_failed"));
  });

  it("has no exception for loopback outside of tests", async () => {
    expect(publicNetwork).toMatchObject({ allowLoopback: false });
    expect(publicNetwork.certificateAuthority).toBeUndefined();
  });
});
