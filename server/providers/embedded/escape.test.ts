// What code inside an agent tries in order to get out, one test for each way: files, processes, modules, and the things of others.
import { readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "~/server/ids";
import { startTestAgentHost, type TestAgentHost } from "~/server/testing/agent-host";
import { openPlacedAgents, type PlacedAgents } from "~/server/testing/placed-agents";

let host: TestAgentHost;
let agents: PlacedAgents;
/** What an agent must not reach, on TCP and on a unix socket, as PostgreSQL and Redis listen. */
let inside: Server[] = [];
let visits = 0;

beforeAll(async () => {
  host = await startTestAgentHost({ hangMs: 1_500 });
  agents = openPlacedAgents(host);
  inside = [createServer(), createServer()].map((server) => server.on("connection", countVisit));
  const [tcp, unix] = inside;
  await Promise.all([
    new Promise<void>((done) => tcp?.listen(0, "127.0.0.1", done)),
    new Promise<void>((done) => unix?.listen(join(host.directory, "redis.sock"), done)),
  ]);
});
afterAll(async () => {
  for (const server of inside) server.close();
  await host.stop();
});

function countVisit(socket: Socket): void {
  visits += 1;
  socket.end("in");
}

function insidePort(): number {
  const address = inside[0]?.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

/** Places an agent that makes each attempt and answers what came of it: a value as `reached: …`, an error as `refused: …`. */
async function attempt(attempts: Record<string, string>, preamble = ""): Promise<Record<string, string>> {
  const entries = Object.entries(attempts).map(([name, code]) => `[${JSON.stringify(name)}, async () => { ${code} }]`);
  const source = `${preamble}
    const attempts = [${entries.join(",\n")}];
    const soon = (work) => Promise.race([work, new Promise((_, no) => setTimeout(() => no(new Error("nothing came")), 3000))]);
    export default async () => {
      const ended = {};
      for (const [name, act] of attempts) {
        ended[name] = await soon((async () => act())()).then((value) => "reached: " + JSON.stringify(value), (error) => "refused: " + (error?.message ?? error));
      }
      return JSON.stringify(ended);
    };`;
  return agents.askJson(await agents.place(source));
}

function expectAllRefused(ended: Record<string, string>, count: number): void {
  expect(Object.keys(ended)).toHaveLength(count);
  for (const [name, what] of Object.entries(ended)) expect(what, name).toMatch(/^refused: /);
}

describe("files", () => {
  const fs = `import fs from "node:fs"; import fsp from "node:fs/promises"; import path from "node:path";`;

  it("of the machine are not there for node:fs, by any spelling", async () => {
    const paths = ["/etc/passwd", "/bundle/../etc/passwd", "../../../etc/passwd", "/proc/1/environ", "/proc/self/maps"];
    paths.push("/proc/self/fd/4", "/proc/self/fd/6/session", "/dev/fd/4", "/dev/stdin", host.config.socketPath);
    paths.push(join(host.directory, "agent-host"), join(process.cwd(), "package.json"));
    const reads = paths.map((path) => [path, `return fs.readFileSync(${JSON.stringify(path)}, "latin1");`]);
    expectAllRefused(await attempt(Object.fromEntries(reads), fs), paths.length);
  });

  it("of the machine are not reached by a link, a listing, an open or a file: address", async () => {
    const ended = await attempt(
      {
        link: `fs.symlinkSync("/etc/passwd", "/tmp/link"); return fs.readFileSync("/tmp/link", "utf8");`,
        listing: `return fs.readdirSync("/etc");`,
        processes: `return fs.readdirSync("/proc");`,
        open: `return fs.openSync("/etc/passwd", "r");`,
        address: `return fs.readFileSync(new URL("file:///etc/passwd"), "utf8");`,
        promises: `return await fsp.readFile("/etc/shadow", "utf8");`,
        fetched: `const a = await fetch("file:///etc/passwd"); throw new Error(a.status + " is no file");`,
      },
      fs,
    );
    expectAllRefused(ended, 7);
  });

  it("that an agent writes are its own process's, and never on a disk", async () => {
    const writer = await agents.place(
      `${fs} export default () => { fs.writeFileSync("/tmp/mine", "canary-file"); return fs.readdirSync("/").join(); };`,
    );
    expect(await agents.ask(writer)).toBe("bundle,tmp,dev");
    const reader = await agents.place(`${fs} export default () => fs.readdirSync("/tmp").join();`);
    expect(await agents.ask(reader)).toBe("");
  });

  it("are not loaded as modules: import, require, createRequire", async () => {
    const load = `const name = (n) => n; import { createRequire } from "node:module";`;
    const names = [
      "file:///etc/passwd",
      "/etc/passwd",
      "../../package.json",
      "/proc/self/exe",
      "data:text/javascript,export default 1",
    ];
    const imports = names.map((name) => [`import ${name}`, `return Object.keys(await import(name(${JSON.stringify(name)})));`]);
    const requires = names.map((name) => [`require ${name}`, `return createRequire("/bundle/")(name(${JSON.stringify(name)}));`]);
    expectAllRefused(await attempt(Object.fromEntries([...imports, ...requires]), load), 10);
  });
});

describe("processes", () => {
  it("are not started, signalled or listed", async () => {
    const node = `import cp from "node:child_process"; import { Worker } from "node:worker_threads"; import cluster from "node:cluster";`;
    const ended = await attempt(
      {
        spawn: `return await new Promise((yes, no) => cp.spawn("id").on("error", no).on("close", yes));`,
        exec: `return await new Promise((yes, no) => cp.exec("id", (error, out) => (error ? no(error) : yes(out))));`,
        execSync: `return cp.execFileSync("/bin/id");`,
        fork: `return cp.fork("/bundle/agent.js").pid;`,
        thread: `return new Worker("1").threadId;`,
        cluster: `return cluster.fork().id;`,
        kill: `return process.kill(process.ppid, "SIGKILL");`,
        killAll: `return process.kill(-1, 9);`,
      },
      node,
    );
    expectAllRefused(ended, 8);
    const seen = await agents.askJson(
      await agents.place("export default () => JSON.stringify({ pid: process.pid, ppid: process.ppid, argv: process.argv });"),
    );
    expect(seen).toEqual({ pid: 1, ppid: 0, argv: ["workerd"] });
  });

  it("get no native code into them: addons, bindings, WASI, bytes of WebAssembly", async () => {
    const ended = await attempt({
      addon: `return process.dlopen({ exports: {} }, "/tmp/x.node");`,
      binding: `return Object.keys(process.binding("fs"));`,
      linked: `return process._linkedBinding("fs");`,
      wasi: `const { WASI } = await import("node:wasi"); return typeof new WASI({ version: "preview1", preopens: { "/": "/" } });`,
      bytes: `return typeof (await WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])));`,
    });
    expectAllRefused(ended, 5);
  });

  it("have no inspector, and listen on no port", async () => {
    const ended = await attempt({
      open: `const inspector = (await import("node:inspector")).default; inspector.open(9229, "127.0.0.1"); const url = inspector.url(); if (url === undefined) throw new Error("no inspector"); return url;`,
      session: `const { Session } = await import("node:inspector"); const s = new Session(); s.connect(); return await new Promise((yes, no) => s.post("Runtime.evaluate", { expression: "1" }, (e, v) => (e ? no(e) : yes(v))));`,
      server: `const http = await import("node:http"); return await new Promise((yes, no) => http.createServer().on("error", no).listen(8080, () => yes("listening")).on("close", no));`,
    });
    for (const name of ["open", "session"]) expect(ended[name], name).toMatch(/^refused/);
    for (const pid of agents.pids()) {
      for (const table of ["tcp", "tcp6"]) {
        const [, ...sockets] = readFileSync(`/proc/${pid}/net/${table}`, "utf8").trim().split("\n");
        const listening = sockets.filter((line) => line.trim().split(/\s+/)[3] === "0A");
        const isOwnNetwork = (await host.provider.health()).warnings.every((warning) => !warning.includes("network"));
        if (isOwnNetwork) expect(listening).toEqual([]);
      }
    }
  });

  it("run text as code only while they load, and only in their own isolate", async () => {
    const source = `const early = (0, eval)("Object.keys(globalThis).length > 0 && typeof require");
      export default () => { const late = []; for (const act of [() => (0, eval)("1"), () => new Function("return 1")(), () => setTimeout("1", 1)]) { try { late.push("ran " + act()); } catch (error) { late.push(error.message); } } return JSON.stringify({ early, late }); };`;
    const { early, late } = await agents.askJson<{ early: string; late: string[] }>(await agents.place(source));
    expect(early).toBe("undefined");
    for (const line of late.slice(0, 2)) expect(line).toContain("disallowed");
    expect(late[2]).not.toBe("ran 1");
  });
});

describe("the runtime's own parts", () => {
  it("are no modules of the agent", async () => {
    const names = ["workerd:unsafe", "cloudflare-internal:sockets", "cloudflare-internal:env", "node-internal:process"];
    names.push("cloudflare:internal", "shim.js", "sessions.js", "/workerd/workerd.capnp");
    const imports = names.map((name) => [name, `const name = ${JSON.stringify(name)}; return Object.keys(await import(name));`]);
    expectAllRefused(await attempt(Object.fromEntries(imports)), names.length);
  });

  it("are not among its bindings: no loader of workers, no disk, no shim, no key; what it exports is itself", async () => {
    const source = `import * as workers from "cloudflare:workers";
      const { env, exports } = workers;
      export default () => JSON.stringify({
        names: Object.keys(env).sort(), own: Object.getOwnPropertyNames(env).sort(), exported: Object.keys(exports),
        kinds: Object.values(env).map((value) => value?.constructor?.name), loaders: Object.keys(workers).filter((name) => /load/i.test(name)),
      });`;
    const seen = await agents.askJson<Record<string, string[]>>(await agents.place(source));
    expect(seen).toMatchObject({ names: ["agent", "sessions"], own: ["agent", "sessions"], exported: ["default"], loaders: [] });
    expect(seen["kinds"]?.sort()).toEqual(["DurableObjectNamespace", "Object"]);
  });

  it("of the session store are three acts and nothing else", async () => {
    const store = `import { env } from "cloudflare:workers"; const open = () => env.sessions.get(env.sessions.idFromName("mine"));`;
    const names = ["ctx", "env", "hasTable", "alarm", "webSocketMessage"];
    const acts = names.map((name) => [name, `return await open().${name}();`]);
    const ended = await attempt(
      {
        ...Object.fromEntries(acts),
        sql: `return await open().ctx.storage.sql.exec("ATTACH '/etc/passwd' AS x");`,
        fetched: `return (await open().fetch("http://x/")).status;`,
        longKey: `return await open().write("k".repeat(257), "1");`,
        noKey: `return await open().write({ toString: () => "k" }, "1");`,
        longValue: `return await open().write("k", "1".repeat(1_000_001));`,
        noValue: `return await open().write("k", { length: 1 });`,
      },
      store,
    );
    expectAllRefused(ended, 11);
  });
});

describe("the control plane", () => {
  it("is not reached over TCP: its database and its Redis hear nothing", async () => {
    const port = insidePort();
    const node = `import { connect } from "cloudflare:sockets"; import net from "node:net"; import tls from "node:tls"; import dgram from "node:dgram";
      const opened = (socket) => new Promise((yes, no) => socket.on("connect", () => yes("open")).on("secureConnect", () => yes("open")).on("error", no).on("close", () => no(new Error("closed"))));`;
    const ended = await attempt(
      {
        sockets: `return await connect("127.0.0.1:${port}").opened;`,
        named: `return await connect({ hostname: "localhost", port: ${port} }).opened;`,
        secure: `return await connect("127.0.0.1:${port}", { secureTransport: "on" }).opened;`,
        net: `return await opened(net.connect(${port}, "127.0.0.1"));`,
        six: `return await opened(net.connect(${port}, "::1"));`,
        tls: `return await opened(tls.connect(${port}, "127.0.0.1"));`,
        udp: `return await new Promise((yes, no) => dgram.createSocket("udp4").send("x", ${port}, "127.0.0.1", (e) => (e ? no(e) : yes("sent"))));`,
        fetched: `const a = await fetch("http://127.0.0.1:${port}/"); throw new Error(String(a.status));`,
      },
      node,
    );
    expectAllRefused(ended, 8);
    expect(ended["fetched"]).toBe("refused: 403");
    expect(visits).toBe(0);
  });

  it("is not reached over unix sockets: neither Redis, nor the host, nor the house", async () => {
    const paths = [join(host.directory, "redis.sock"), host.config.socketPath, host.house.socketPath];
    const node = `import { connect } from "cloudflare:sockets"; import net from "node:net"; import http from "node:http";
      const opened = (socket) => new Promise((yes, no) => socket.on("connect", () => yes("open")).on("response", (r) => no(new Error("answered " + r.statusCode))).on("error", no).on("close", () => no(new Error("closed"))));`;
    const ways = paths.flatMap((path) => [
      [`net ${path}`, `return await opened(net.connect({ path: ${JSON.stringify(path)} }));`],
      [`sockets ${path}`, `return await connect("unix:${path}").opened;`],
      [`http ${path}`, `return await opened(http.get({ socketPath: ${JSON.stringify(path)}, path: "/healthz" }));`],
      [`fetch ${path}`, `const a = await fetch("http+unix://${encodeURIComponent(path)}/"); throw new Error(String(a.status));`],
    ]);
    const ended = await attempt(Object.fromEntries(ways), node);
    expectAllRefused(ended, 12);
    expect(visits).toBe(0);
  });
});

describe("other agents", () => {
  it("keep their sessions to themselves, whoever guesses their ids", async () => {
    const [sessionId, stateKey] = [newId("agentSession"), newId("agent")];
    const owner = await agents.place(
      `import { env } from "cloudflare:workers"; export default async (_r, { session }) => { await session.set("secret", "canary-session"); return String(env.sessions.idFromName(session.id)); };`,
      { stateKey },
    );
    const objectId = await agents.ask(owner, "?", { sessionId });
    const thief = await agents.place(`import { env } from "cloudflare:workers";
      export default async (r, { session }) => {
        const [objectId, stateKey] = JSON.parse(r.input.messages[0].content);
        const found = [await session.get("secret")];
        for (const id of [env.sessions.idFromString(objectId), env.sessions.idFromName(session.id), env.sessions.idFromName(stateKey), env.sessions.idFromName("../" + stateKey)]) {
          found.push(await env.sessions.get(id).read("secret"));
        }
        return JSON.stringify(found);
      };`);
    const found = await agents.ask(thief, JSON.stringify([objectId, stateKey]), { sessionId });
    expect(JSON.parse(found)).toEqual([null, null, null, null, null]);
    expect(await agents.ask(owner, "?", { sessionId })).toBe(objectId);
  });

  it("share no memory: globals, buffers, caches, channels and broadcasts of one are not there for the other", async () => {
    const shared = `globalThis.loot ??= []; const channel = new (globalThis.BroadcastChannel ?? class { postMessage() {} })("all"); channel.onmessage = (e) => loot.push(e.data);`;
    const victim = await agents.place(
      `${shared} globalThis.canary = "canary-memory"; Object.prototype.polluted = "canary-memory"; globalThis.buffer = new SharedArrayBuffer(8); export default async () => { channel.postMessage("canary-memory"); await caches?.default?.put?.("http://x/", new Response("canary-memory")).catch(() => {}); return "x"; };`,
    );
    const thief = await agents.place(
      `${shared} export default async () => JSON.stringify({ canary: typeof globalThis.canary, polluted: typeof {}.polluted, buffer: typeof globalThis.buffer, loot, cached: await caches?.default?.match?.("http://x/").then((r) => r?.text(), () => null) ?? null });`,
    );
    await agents.ask(victim);
    const seen = await agents.askJson(thief);
    expect(seen).toEqual({ canary: "undefined", polluted: "undefined", buffer: "undefined", loot: [], cached: null });
  });
});
