// The sessions of one agent take so much disk and no more: the agent is told how to get room, and nobody else loses any.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { measureState, pruneEmptySessions } from "~/runtime/agent-host/state-usage";
import type { Placement } from "~/runtime/contract/host-protocol";
import { newId } from "~/server/ids";
import { startTestAgentHost, type TestAgentHost } from "~/server/testing/agent-host";
import { openPlacedAgents, type PlacedAgents } from "~/server/testing/placed-agents";

const mb = 1024 * 1024;
const quotaBytes = 8 * mb;

let host: TestAgentHost;
let agents: PlacedAgents;
beforeAll(async () => {
  host = await startTestAgentHost({ stateBytesMax: quotaBytes, hangMs: 5_000 });
  agents = openPlacedAgents(host);
});
afterAll(() => host.stop());

/** `fill` writes until it may not, `clear` deletes its keys, `count` counts. */
const keeper = `export default async (r, { session }) => {
  const say = r.input.messages[0].content;
  if (say === "count") { const n = ((await session.get("n")) ?? 0) + 1; await session.set("n", n); return String(n); }
  if (say === "clear") { for (let n = 0; n < 40; n += 1) await session.delete("k" + n); return "cleared"; }
  for (let n = 0; n < 40; n += 1) {
    try { await session.set("k" + n, "x".repeat(500_000)); } catch (error) { return error.name + ": " + error.message; }
  }
  return "never full";
};`;

const stateOf = ({ stateKey }: Placement) => join(host.directory, "agent-host/state", stateKey);

it("writes stop at the limit with a word that says how to get room, also after a restart, and a neighbour's go on", async () => {
  const [full, other] = [await agents.place(keeper), await agents.place(keeper)];
  const [first, second] = [newId("agentSession"), newId("agentSession")];
  const refusal = /^RangeError: The sessions of this agent take \d+ MB of disk, of 8 MB that they may have together. Delete/;
  expect(await agents.ask(full, "fill", { sessionId: first })).toMatch(refusal);
  expect(await agents.ask(full, "fill", { sessionId: second })).toMatch(refusal);
  expect(await measureState(stateOf(full))).toBeLessThanOrEqual(quotaBytes * 1.25);
  await host.provider.stop(full);
  expect(await agents.ask(full, "fill", { sessionId: second })).toMatch(refusal);
  expect(await agents.ask(other, "count", { sessionId: second })).toBe("1");
});

it("a session gives its space back with its last key, and the agent may write again", async () => {
  const placement = await agents.place(keeper);
  const [first, second] = [newId("agentSession"), newId("agentSession")];
  expect(await agents.ask(placement, "fill", { sessionId: first })).toMatch(/^RangeError/);
  expect(await agents.ask(placement, "clear", { sessionId: first })).toBe("cleared");
  expect(await measureState(stateOf(placement))).toBeLessThan(mb);
  await expect.poll(() => agents.ask(placement, "count", { sessionId: second }).catch(() => null), { timeout: 30_000 }).toBe("1");
  expect(await agents.ask(placement, "count", { sessionId: first })).toBe("1");
});

it("one writer past the limit among many stops nobody who has room: parallel writes stay within it", async () => {
  const placement = await agents.place(keeper);
  const sessions = Array.from({ length: 12 }, () => newId("agentSession"));
  const ended = await Promise.all(sessions.map((sessionId) => agents.ask(placement, "fill", { sessionId })));
  for (const words of ended) expect(words).toMatch(/^RangeError: The sessions of this agent/);
  expect(await measureState(stateOf(placement))).toBeLessThanOrEqual(quotaBytes * 1.25);
});

it("values and keys past the wrapper's limits are refused by the store too, which the agent cannot alter", async () => {
  const placement = await agents.place(`import { env } from "cloudflare:workers";
    const store = () => env.sessions.get(env.sessions.idFromName("direct"));
    export default async () => {
      const words = [];
      for (const [key, json] of [["k".repeat(257), "1"], ["", "1"], ["k", "1".repeat(1_000_001)], [{}, "1"], ["k", 1]]) {
        words.push(await store().write(key, json).then(() => "written", (error) => error.message));
      }
      return JSON.stringify(words);
    };`);
  const words = await agents.askJson<string[]>(placement);
  expect(words).toHaveLength(5);
  expect(words).not.toContain("written");
});

it("an agent that opens sessions without end, to fill the disk with empty ones, is stopped, and its disk is cleared", async () => {
  const small = await startTestAgentHost({ stateBytesMax: 2 * mb, stateWatchMs: 100, hangMs: 10_000 });
  try {
    const { place, ask, failureOf, besideNeighbour, hostLines } = openPlacedAgents(small);
    const opener = `import { env } from "cloudflare:workers";
      const open = (name) => env.sessions.get(env.sessions.idFromName(name));
      export default async (r, { session }) => {
        if (r.input.messages[0].content === "count") { const n = ((await session.get("n")) ?? 0) + 1; await session.set("n", n); return String(n); }
        for (let n = 0; ; n += 1) { await open("empty" + n).read("x").catch(() => null); if (n % 10 === 0) await new Promise((done) => setTimeout(done, 1)); }
      };`;
    const placement = await place(opener, { timeoutMs: 50_000 });
    const sessionId = newId("agentSession");
    expect(await ask(placement, "count", { sessionId })).toBe("1");
    const error = await besideNeighbour(() => failureOf(placement, "open", { timeoutMs: 50_000 }));
    expect(error.message).toContain("opened so many sessions");
    expect(await ask(placement, "count", { sessionId })).toBe("2");
    expect(await hostLines(placement)).toContainEqual(expect.stringMatching(/^Removed \d+ sessions in which nothing/));
    const state = join(small.directory, "agent-host/state", placement.stateKey);
    await small.provider.stop(placement);
    await pruneEmptySessions(state);
    expect(readdirSync(join(state, "session")).filter((name) => name.endsWith(".sqlite")).length).toBeLessThanOrEqual(2);
    expect(await ask(placement, "count", { sessionId })).toBe("3");
  } finally {
    await small.stop();
  }
}, 120_000);

it("many sessions at a time are open beside each other", async () => {
  const roomy = await startTestAgentHost({ hangMs: 10_000 });
  try {
    const { place, ask } = openPlacedAgents(roomy);
    const placement = await place(
      `import { env } from "cloudflare:workers";
      export default async () => {
        const stores = Array.from({ length: 350 }, (_, n) => env.sessions.get(env.sessions.idFromName("s" + n)));
        for (let from = 0; from < stores.length; from += 30) {
          await Promise.all(stores.slice(from, from + 30).map((store) => store.read("k")));
          await new Promise((done) => setTimeout(done, 1));
        }
        return "all open";
      };`,
      { memoryMb: 256, timeoutMs: 50_000 },
    );
    expect(await ask(placement, "open", { timeoutMs: 50_000 })).toBe("all open");
  } finally {
    await roomy.stop();
  }
}, 120_000);
