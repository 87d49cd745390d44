// What a call costs once everything is warm, in commands to Redis and statements to PostgreSQL: counted, so that it cannot creep up.
import { Redis } from "ioredis";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startWeb, type Web } from "~/server/http/start-web";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { callAgent } from "~/server/testing/call-agent";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

const calls = 200;
const atOnce = 40;

let services: TestServices;
let provider: FakeProvider;
let web: Web;
let agent: LiveAgent;

beforeAll(async () => {
  provider = createFakeProvider();
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  agent = await createLiveAgent(services, await createTestTenant(services), provider);
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
  // Caches grow old by this clock alone: standing still it tells what calls cause from what time does.
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await web.drain();
});

async function call(sessionId?: string): Promise<string> {
  const answer = await callAgent(web.url, agent, { body: { input: { prompt: "hello" }, ...(sessionId ? { sessionId } : {}) } });
  const body = (await answer.json()) as { sessionId: string };
  expect(answer.status).toBe(200);
  return body.sessionId;
}

/** So many calls, `atOnce` of them at the same time, each caller in a session of its own. */
async function callMany(sessions: readonly (string | undefined)[]): Promise<void> {
  const one = async (sessionId: string | undefined) => {
    for (let made = 0; made < calls / sessions.length; made += 1) await call(sessionId);
  };
  await Promise.all(sessions.map(one));
}

type Counted = { commands: string[]; statements: string[] };

/** What the process sends while `act` runs, whoever asked for it. */
async function counting(act: () => Promise<void>): Promise<Counted> {
  const counted: Counted = { commands: [], statements: [] };
  const command = vi.spyOn(Redis.prototype, "sendCommand");
  const statement = vi.spyOn(pg.Client.prototype, "query");
  await act();
  counted.commands = command.mock.calls.map(([{ name }]) => name);
  counted.statements = statement.mock.calls.map(([asked]) => textOf(asked));
  return counted;
}

function textOf(asked: unknown): string {
  if (typeof asked === "string") return asked;
  return typeof asked === "object" && asked !== null && "text" in asked ? String(asked.text) : "";
}

describe("a warm call", () => {
  it("in a session that goes on asks PostgreSQL for nothing, and Redis for a place, which it gives back", async () => {
    const sessions = await Promise.all(Array.from({ length: atOnce }, () => call()));
    await callMany(sessions);
    const { commands, statements } = await counting(() => callMany(sessions));
    // At most: what callers of one turn ask for goes together (place-desk.test.ts), and the calls of a minute are taken in blocks of up to sixty-four.
    expect(commands.length).toBeLessThanOrEqual(calls * 2 + calls / 8);
    const read = statements.filter((text) => /from "?(api_keys|agents|agent_sessions|memberships|workspaces)"?/i.test(text));
    expect(read).toEqual([]);
    // What is written down of them: groups, behind the callers' backs.
    expect(statements.length).toBeLessThan(calls / 2);
  });

  it("that begins a session adds the row of the session, in groups, and no command", async () => {
    const strangers = Array.from({ length: atOnce }, () => undefined);
    await callMany(strangers);
    const { commands, statements } = await counting(() => callMany(strangers));
    expect(commands.length).toBeLessThanOrEqual(calls * 2 + calls / 8);
    const begun = statements.filter((text) => /insert into agent_sessions/.test(text));
    expect(begun.length).toBeGreaterThan(0);
    expect(begun.length).toBeLessThan(calls / 2);
    expect(statements.length - begun.length).toBeLessThan(calls / 2);
  });
});
