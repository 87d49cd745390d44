// What an agent may see and reach: its own keys and its own sessions, no secret of ours, nothing on this machine or its network.
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getPriority } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTicks } from "~/runtime/agent-host/process-usage";
import type { Placement } from "~/runtime/contract/host-protocol";
import { buildPlacement, invocationOf, startTestAgentHost, type TestAgentHost } from "~/server/testing/agent-host";

const secret = "canary-4f1d9-of-the-sandbox";

let host: TestAgentHost;
let inside: Server;
let insideUrl: string;
let isInsideReached = false;

const never = () => new AbortController().signal;

beforeAll(async () => {
  host = await startTestAgentHost();
  inside = createServer((_request, response) => {
    isInsideReached = true;
    response.end("the inside");
  });
  await new Promise<void>((resolve) => inside.listen(0, "127.0.0.1", resolve));
  insideUrl = `http://127.0.0.1:${(inside.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  inside.close();
  await host.stop();
});

async function place(source: string, overrides: Partial<Placement> = {}): Promise<Placement> {
  const placement = await buildPlacement(host.provider, source, overrides);
  host.house.env.set(placement.deploymentId, { API_SECRET: secret });
  await host.provider.deploy(placement, { signal: never() });
  await host.provider.activate(placement, { signal: never() });
  return placement;
}

async function ask(placement: Placement, prompt: string): Promise<string> {
  return (await host.provider.invoke(placement, invocationOf(prompt), { signal: never() })).output.text;
}

/** workerd processes that this test's host has started. */
function agentPids(): number[] {
  const run = join(host.directory, "agent-host/run");
  return readdirSync(run)
    .filter((file) => file.endsWith(".process.json"))
    .map((file) => JSON.parse(readFileSync(join(run, file), "utf8")).pid as number);
}

function filesUnder(directory: string): string[] {
  const entries = readdirSync(directory, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe("secrets", () => {
  it("are on no command line, in no environment and in no file, while the agent has them", async () => {
    const placement = await place("export default (_r, { env }) => String(env.API_SECRET.length);");
    expect(await ask(placement, "?")).toBe(String(secret.length));
    const key = host.house.keyOf(placement.deploymentId);
    const pids = agentPids();
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) {
      expect(readFileSync(`/proc/${pid}/environ`, "utf8")).toBe("");
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      for (const hidden of [secret, key, host.config.token]) expect(commandLine).not.toContain(hidden);
      const opened = readdirSync(`/proc/${pid}/fd`).map((descriptor) => `/proc/${pid}/fd/${descriptor}`);
      const config = opened.filter((path) => readlinkSync(path).endsWith("/config (deleted)"));
      for (const path of config) expect(statSync(path).size).toBe(0);
    }
    for (const path of filesUnder(host.directory)) {
      const bytes = readFileSync(path);
      for (const hidden of [secret, key, host.config.token]) expect(bytes.includes(hidden)).toBe(false);
    }
  });

  it("reach the agent by context.env and process.env, and nothing of ours is among them", async () => {
    const source = `import { env as bindings } from "cloudflare:workers";
      export default (_r, context) => JSON.stringify({
        env: Object.keys(context.env), process: Object.keys(process.env), bindings: Object.keys(bindings),
      });`;
    const seen = JSON.parse(await ask(await place(source), "?"));
    expect(seen.env).toEqual(["API_SECRET"]);
    expect(seen.bindings.sort()).toEqual(["API_SECRET", "agent", "sessions"]);
    expect(seen.process).not.toContain("telemetryKey");
  });
});

describe("the process", () => {
  it("runs without privileges, with limits, and dies with its host", async () => {
    await place("export default () => 'x';");
    const { sandbox } = await healthOf();
    for (const pid of agentPids()) {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      if (sandbox.ownUser) expect(Number(/^Uid:\s+(\d+)/m.exec(status)?.[1])).toBeGreaterThanOrEqual(40_000);
      if (sandbox.noNewPrivileges) expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
      expect(status).toMatch(/^CapEff:\s+0+$/m);
      if (sandbox.resourceLimits) expect(readFileSync(`/proc/${pid}/limits`, "utf8")).toMatch(/Max core file size\s+0\s/);
      if (sandbox.networkNamespace) {
        expect(readlinkSync(`/proc/${pid}/ns/net`)).not.toBe(readlinkSync("/proc/self/ns/net"));
      }
      if (sandbox.ownView) expect(readlinkSync(`/proc/${pid}/ns/mnt`)).not.toBe(readlinkSync("/proc/self/ns/mnt"));
      expect(getPriority(pid), "after the house").toBeGreaterThan(getPriority());
      expect(startTicks(pid)).not.toBeNull();
    }
  });

  it("sees no file of this machine", async () => {
    const source = `import { readFileSync, readdirSync } from "node:fs";
      export default (r) => { try { return readFileSync(r.input.messages[0].content, "utf8"); } catch (error) { return "refused: " + error.message; } };`;
    const placement = await place(source);
    for (const path of ["/etc/passwd", "/proc/self/environ", host.config.socketPath, "/proc/self/fd/4"]) {
      expect(await ask(placement, path)).toMatch(/^refused: /);
    }
  });

  it("starts no program and opens no socket", async () => {
    const source = `import { connect } from "cloudflare:sockets";
      import { spawn } from "node:child_process";
      import net from "node:net";
      const attempts = {
        spawn: () => new Promise((resolve, reject) => spawn("id").on("error", reject).on("close", resolve)),
        connect: (port) => connect("127.0.0.1:" + port).opened,
        net: (port) => new Promise((resolve, reject) => net.connect(Number(port), "127.0.0.1").on("connect", resolve).on("error", reject)),
      };
      export default async (r) => {
        const ended = {};
        for (const [name, attempt] of Object.entries(attempts)) {
          ended[name] = await (async () => attempt(r.input.messages[0].content))().then(() => "done", () => "refused");
        }
        return JSON.stringify(ended);
      };`;
    const port = String((inside.address() as AddressInfo).port);
    expect(JSON.parse(await ask(await place(source), port))).toEqual({ spawn: "refused", connect: "refused", net: "refused" });
    expect(isInsideReached).toBe(false);
  });
});

async function healthOf() {
  const { probeSandbox } = await import("~/runtime/agent-host/sandbox");
  const { warnings } = await host.provider.health();
  const sandbox = probeSandbox();
  expect(warnings).toEqual(sandbox.warnings);
  return { sandbox };
}

describe("the network", () => {
  const fetcher =
    "export default async (r) => { const a = await fetch(r.input.messages[0].content); return a.status + ' ' + (await a.text()); };";

  it("leads to no private address, however it is written", async () => {
    const placement = await place(fetcher);
    const port = (inside.address() as AddressInfo).port;
    const urls = [
      insideUrl,
      `http://localhost:${port}/`,
      `https://localhost:${port}/`,
      `http://2130706433:${port}/`,
      `http://0x7f.1:${port}/`,
      `http://[::1]:${port}/`,
      `http://[::ffff:127.0.0.1]:${port}/`,
      `http://[::ffff:7f00:1]:${port}/`,
      `http://[64:ff9b::7f00:1]:${port}/`,
      `http://[2002:7f00:1::]:${port}/`,
      `http://0.0.0.0:${port}/`,
      "http://169.254.169.254/latest/meta-data/",
      "http://[fd00:ec2::254]/latest/meta-data/",
      "https://10.0.0.1/",
      "https://192.168.1.1/",
    ];
    for (const url of urls) expect(await ask(placement, url), url).toMatch(/^403 .*EGRESS_REFUSED/);
    expect(isInsideReached).toBe(false);
    const lines = await host.provider.logs(placement, { limit: 100 });
    expect(lines.filter(({ stream, line }) => stream === "host" && line.startsWith("Request refused")).length).toBe(urls.length);
  });

  it("leads nowhere with an empty allow-list, and only to what is listed otherwise", async () => {
    const none = await place(fetcher, { networkAllow: [] });
    expect(await ask(none, "https://example.com/")).toContain("not in network.allow");
    const some = await place(fetcher, { networkAllow: ["*.example.com"] });
    expect(await ask(some, "https://example.org/")).toContain("not in network.allow");
    expect(await ask(some, "https://example.com.evil.org/")).toContain("not in network.allow");
  });
});
