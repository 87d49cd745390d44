// Agents that take all they can get are stopped, each in its own way, while a neighbour answers every single call.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Placement } from "~/runtime/contract/host-protocol";
import { startTestAgentHost, type TestAgentHost } from "~/server/testing/agent-host";
import { openPlacedAgents, type PlacedAgents } from "~/server/testing/placed-agents";

let host: TestAgentHost;
let agents: PlacedAgents;
beforeAll(async () => {
  host = await startTestAgentHost({ hangMs: 1_200, startMs: 5_000 });
  agents = openPlacedAgents(host);
});
afterAll(() => host.stop());

/** What ends by processor time takes long where the machine is busy with something else. */
const patientMs = 120_000;

/** Misbehaves when it is told to, and answers `ok` otherwise: so that one can see that it works again afterwards. */
function misbehaving(code: string, preamble = ""): string {
  return `${preamble}\nconst sleep = (ms) => new Promise((done) => setTimeout(done, ms));
    export default async (r) => { if (r.input.messages[0].content !== "go") return "ok"; ${code} };`;
}

/** What a hog left behind may still end the process a moment after its answer. */
async function expectWorkingAgain(placement: Placement): Promise<void> {
  const answer = () => agents.ask(placement).catch((error: Error) => error.message);
  await expect.poll(answer, { timeout: 30_000, interval: 200 }).toBe("ok");
}

describe("processor time", { timeout: patientMs }, () => {
  const loops: Record<string, string> = {
    "a loop": "for (;;);",
    "a loop of microtasks": "for (;;) await null;",
    "promises that make promises": "const more = () => Promise.resolve().then(more).then(more); await more();",
    "process.nextTick without end": "const again = () => process.nextTick(again); again(); await sleep(60_000);",
    "queueMicrotask without end": "const again = () => queueMicrotask(again); again(); await sleep(60_000);",
    "a regular expression that backtracks": "return String(/^(a+)+$/.test('a'.repeat(40) + 'b'));",
    "sorting what never ends":
      "const a = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }) }; new Set(a); for (;;) Array.from({ length: 1e6 }).sort();",
  };
  for (const [name, code] of Object.entries(loops)) {
    it(`of ${name} ends with its process, and the next call gets a fresh one`, async () => {
      const placement = await agents.place(misbehaving(code));
      const error = await agents.besideNeighbour(() => agents.failureOf(placement, "go"));
      expect(error).toMatchObject({ code: "RUNTIME_ERROR", retryable: false });
      expect(error.message).toMatch(/without a pause/);
      await expectWorkingAgain(placement);
    });
  }

  it("taken in pieces is ended by the call's own time", async () => {
    const code = "for (;;) { const until = Date.now() + 50; while (Date.now() < until); await sleep(0); }";
    const placement = await agents.place(misbehaving(code), { timeoutMs: 1_500 });
    const error = await agents.besideNeighbour(() => agents.failureOf(placement, "go"));
    expect(error).toMatchObject({ retryable: true, details: { timedOut: true } });
    await expectWorkingAgain(placement);
  });

  it("taken after the answer, where nobody pays for it, ends the process", async () => {
    const code = `waitUntil((async () => { for (;;) { const until = performance.now() + 50; for (let n = 0; n < 3e7; n += 1); await sleep(0); } })()); return "answered";`;
    const placement = await agents.place(misbehaving(code, 'import { waitUntil } from "cloudflare:workers";'));
    expect(await agents.ask(placement, "go")).toBe("answered");
    const stopped = expect.stringContaining("after its answers");
    await expect.poll(() => agents.hostLines(placement), { timeout: 50_000, interval: 200 }).toContainEqual(stopped);
    await expectWorkingAgain(placement);
  });
});

describe("memory", { timeout: patientMs }, () => {
  const hogs: Record<string, string> = {
    "the heap": "const a = []; for (;;) { a.push(new Array(1e5).fill(1.5)); if (a.length % 20 === 0) await sleep(1); }",
    "one string that doubles": "let s = 'x'; const all = []; for (;;) { s += s; all.push(s.split('')); await sleep(1); }",
    buffers: "const a = []; for (;;) { a.push(new Uint8Array(8e6).fill(1)); await sleep(5); }",
    "shared buffers": "const a = []; for (;;) { a.push(new Uint8Array(new SharedArrayBuffer(8e6)).fill(1)); await sleep(5); }",
    "WebAssembly memory that grows":
      "const m = new WebAssembly.Memory({ initial: 1, maximum: 65536 }); for (;;) { m.grow(128); new Uint8Array(m.buffer).fill(1); await sleep(5); }",
    "files of its own /tmp":
      "const fs = await import('node:fs'); for (let n = 0; ; n += 1) { fs.writeFileSync('/tmp/' + n, new Uint8Array(8e6).fill(1)); await sleep(5); }",
    "streams that nobody reads":
      "const a = []; for (;;) { const t = new TransformStream({}, { highWaterMark: 1e9 }); const w = t.writable.getWriter(); w.write(new Uint8Array(8e6).fill(1)).catch(() => {}); a.push(t, w); await sleep(5); }",
  };
  for (const [name, code] of Object.entries(hogs)) {
    it(`taken by ${name} is limited`, async () => {
      const placement = await agents.place(misbehaving(code), { memoryMb: 64 });
      const error = await agents.besideNeighbour(() => agents.failureOf(placement, "go"));
      expect(error.code).toBe("RUNTIME_ERROR");
      expect(error.message).toMatch(
        /64 MB of memory|allocation failed|unable to grow|invalid string length|without a pause|memory/i,
      );
      await expectWorkingAgain(placement);
    });
  }
});

describe("a flood", { timeout: patientMs }, () => {
  it("of timers is ended by their number or by the time of the call", async () => {
    const code = "const fork = () => { setTimeout(fork, 0); setTimeout(fork, 0); }; fork(); await sleep(60_000); return 'never';";
    const placement = await agents.place(misbehaving(code), { timeoutMs: 2_500, memoryMb: 64 });
    const error = await agents.besideNeighbour(() => agents.failureOf(placement, "go"));
    expect(error.code).toBe("RUNTIME_ERROR");
    await expectWorkingAgain(placement);
  });

  it("of calls to itself ends with its process", async () => {
    const code =
      "const self = () => exports.default.fetch('http://self/', { method: 'POST', body }).then((a) => a.text()); await Promise.all([self(), self()]); return 'never';";
    const body = JSON.stringify({
      messages: [{ role: "user", content: "go" }],
      sessionId: "s",
      options: {},
      metadata: {},
      traceId: "t",
      timeoutMs: 1,
    });
    const preamble = `import { exports } from "cloudflare:workers"; const body = ${JSON.stringify(body)};`;
    const placement = await agents.place(misbehaving(code, preamble), { timeoutMs: 8_000, memoryMb: 64 });
    const error = await agents.besideNeighbour(() => agents.failureOf(placement, "go"));
    expect(error.code).toBe("RUNTIME_ERROR");
    await expectWorkingAgain(placement);
  });

  it("of output without end is dropped before it costs the host anything, and its process is ended", async () => {
    const placement = await agents.place(misbehaving("for (let n = 0; ; n += 1) console.log('flood ' + n + 'x'.repeat(2000));"));
    const error = await agents.besideNeighbour(() => agents.failureOf(placement, "go"));
    expect(error.message).toMatch(/without a pause/);
    await expect.poll(() => agents.hostLines(placement)).toContainEqual(expect.stringMatching(/^\d+ lines were left out/));
    await expectWorkingAgain(placement);
  });

  it("of output on one endless line is cut into parts and dropped likewise", async () => {
    const code = "for (;;) process.stdout.write('y'.repeat(100_000));";
    const placement = await agents.place(misbehaving(code), { memoryMb: 64 });
    await agents.besideNeighbour(() => agents.failureOf(placement, "go"));
    await expectWorkingAgain(placement);
  });

  it("of sockets is refused beyond what one agent may have at a time, with a clear word", async () => {
    const code =
      "const all = await Promise.all(Array.from({ length: 1000 }, (_, n) => fetch('https://127.0.0.1:' + (n + 1) + '/').then(async (a) => a.status + ' ' + (await a.text()).slice(0, 40), (e) => 'failed')));  return JSON.stringify([...new Set(all.map((s) => s.slice(0, 3)))]);";
    const placement = await agents.place(misbehaving(code));
    const kinds = JSON.parse(await agents.besideNeighbour(() => agents.ask(placement, "go"))) as string[];
    for (const kind of kinds) expect(["403", "429", "fai"]).toContain(kind);
    await expectWorkingAgain(placement);
  });
});
