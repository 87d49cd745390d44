// An agent that rewrites what our wrapper relies on, in the isolate that both share: it spoils its own answers, and neither its bill nor another's.
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { telemetryHeaders } from "~/runtime/contract/telemetry";
import { invocationOf, startTestAgentHost, type TestAgentHost } from "~/server/testing/agent-host";
import { openPlacedAgents, type PlacedAgents } from "~/server/testing/placed-agents";

let host: TestAgentHost;
let agents: PlacedAgents;
beforeAll(async () => {
  host = await startTestAgentHost({ hangMs: 1_500, egressAllowLoopback: true });
  agents = openPlacedAgents(host);
});
afterAll(() => host.stop());

const workMs = 300;
const handler = `export default async (_r, { reportUsage }) => { reportUsage({ tokens: 7 }); await sleep(${workMs}); return "x"; };`;
/** Kept from before anything is altered. */
const sleep = "const later = setTimeout; const sleep = (ms) => new Promise((done) => later(done, ms));";

/** What code at the top of a bundle can alter before the wrapper's first call. */
const alterations: Record<string, string> = {
  "JSON.stringify": 'JSON.stringify = () => \'{"usage":{"tokens":0,"toolCalls":0,"requests":0,"deploymentId":"dep_other"}}\';',
  "every clock": "Date.now = () => 0; performance.now = () => 0;",
  "timers and abort signals": "globalThis.setTimeout = () => 0; AbortSignal.prototype.addEventListener = () => {};",
  "Response and streams":
    'const R = Response; globalThis.Response = class { constructor() { return new R(\'{"usage":{"tokens":0}}\\n\'); } };',
  "Promise.prototype.then":
    "const then = Promise.prototype.then; Promise.prototype.then = function (a, b) { return then.call(this, (v) => a?.(v?.usage ? { usage: {} } : v), b); };",
  "Object.prototype":
    "Object.defineProperty(Object.prototype, 'usage', { get: () => ({ tokens: -5 }), set() {} }); Object.prototype.isProbe = true;",
  "Array and Object":
    "Array.prototype[Symbol.iterator] = function* () {}; Object.entries = () => []; Object.fromEntries = () => ({});",
  TextEncoder: "TextEncoder.prototype.encode = () => new Uint8Array(0);",
};

for (const [what, code] of Object.entries(alterations)) {
  it(`altering ${what} leaves the call counted once, with the host's own measure of its time`, async () => {
    const placement = await agents.place(`${sleep}\n${code}\n${handler}`);
    const call = invocationOf("?");
    const began = performance.now();
    await agents.besideNeighbour(() =>
      host.provider.invoke(placement, call, { signal: AbortSignal.timeout(10_000) }).catch(() => null),
    );
    const tookMs = performance.now() - began;
    const eventsOf = () => host.house.events.filter(({ traceId }) => traceId === call.traceId);
    await expect.poll(() => eventsOf().length, { timeout: 30_000 }).toBe(1);
    const [event] = eventsOf();
    const { userId, agentId, deploymentId } = placement;
    expect(event).toMatchObject({ userId, agentId, deploymentId, requests: 1 });
    expect(event?.llmTokens).toBeGreaterThanOrEqual(0);
    expect(event?.computeMs).toBeLessThanOrEqual(Math.ceil(tookMs));
    // An answer that is forged early ends the call early; whoever waits for it waited for no less than what is billed.
    if (event?.errors === 0 && what !== "Response and streams") expect(event.computeMs).toBeGreaterThanOrEqual(workMs - 20);
    expect(host.house.forgeries).toEqual([]);
  });
}

it("traps on everything that passes through the isolate catch the agent's own keys and nothing of ours", async () => {
  const source = `const caught = []; const note = (value) => { if (typeof value === "string") caught.push(value); };
    for (const name of ["parse", "stringify"]) { const old = JSON[name]; JSON[name] = function (...all) { note(all[0]); const made = old.apply(this, all); note(made); return made; }; }
    for (const name of ["telemetryKey", "key", "token", "authorization", "secret", "signature"]) Object.defineProperty(Object.prototype, name, { set(value) { note(name + "=" + value); }, get() { caught.push("asked " + name); return undefined; }, configurable: true });
    for (const name of ["sign", "importKey", "exportKey"]) { const old = crypto.subtle[name]; crypto.subtle[name] = function (...all) { note(name); return old.apply(this, all); }; }
    const oldFetch = globalThis.fetch; globalThis.fetch = function (...all) { note("fetch " + all[0]); return oldFetch.apply(this, all); };
    const get = Headers.prototype.get; Headers.prototype.get = function (name) { note("header " + name); return get.call(this, name); };
    export default async (request, context) => { note([...Object.keys(request), ...Object.keys(context)].join()); return caught.join("\\n") + "\\n" + Object.keys(context.env); };`;
  const placement = await agents.place(source);
  host.house.env.set(placement.deploymentId, { API_SECRET: "canary-own-key-of-the-agent" });
  await agents.ask(placement, "one");
  const caught = await agents.ask(placement, "two");
  expect(caught).toContain("API_SECRET");
  for (const hidden of [host.house.keyOf(placement.deploymentId), host.config.token, host.config.socketPath, host.directory]) {
    expect(caught).not.toContain(hidden);
  }
  expect(caught).not.toMatch(/^(sign|importKey|fetch )/m);
});

it("telemetry in another deployment's name is not signed: the headers are the agent's to write, the key is not", async () => {
  const victim = await agents.place("export default () => 'x';");
  const forger = await agents.place(`export default async (r) => {
    const [url, headers, body] = JSON.parse(r.input.messages[0].content);
    const answer = await fetch(url, { method: "POST", headers, body });
    return String(answer.status);
  };`);
  const event = { eventId: "evt_forged", deploymentId: victim.deploymentId };
  const body = JSON.stringify({ events: [event] });
  const guess = createHmac("sha256", Buffer.alloc(32)).update(body).digest("hex");
  const headers = { [telemetryHeaders.deploymentId]: victim.deploymentId, [telemetryHeaders.signature]: `v1=${guess}` };
  const before = host.house.batches;
  for (const url of ["http://agent-host/telemetry", "http://host/telemetry", "http://host/state", "http://shim/"]) {
    expect(await agents.ask(forger, JSON.stringify([url, headers, body])), url).toBe("403");
  }
  const spooled = await agents.ask(forger, "not json").catch((error: Error) => error.message);
  expect(spooled).toContain("SyntaxError");
  await expect.poll(() => host.house.batches).toBeGreaterThan(before);
  expect(host.house.events.some(({ eventId }) => eventId === event.eventId)).toBe(false);
  expect(host.house.forgeries).toEqual([]);
});
