// A caller comes back to a stream through any gateway: for them alone, stopped when they say so, charged once (MISSION A2, E8).
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { agentChangedChannel } from "~/server/agents/agent-changes";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { revokeApiKey } from "~/server/api-keys/revoke-api-key";
import { keepConversations } from "~/server/conversations/keep-conversations";
import { readConversation } from "~/server/conversations/read-conversation";
import { startWeb, type Web } from "~/server/http/start-web";
import { newId } from "~/server/ids";
import { envelopeOf, eventsOf } from "~/server/testing/call-agent";
import { type FurtherProcess, openFurtherProcess } from "~/server/testing/further-process";
import type { LiveAgent } from "~/server/testing/live-agent";
import { overrideLimits } from "~/server/testing/override-limits";
import {
  bearer,
  beginStream,
  comeBack,
  lastIdOf,
  openResumeGround,
  type ResumeGround,
  resumePathOf,
  type Tenant,
  tokensOfCall,
} from "~/server/testing/resume-ground";

const end = "event: done\ndata: {}\n\n";
const long = "100000 5";
/** Also for who waits the time of grace out, which is long enough for all who come back. */
const patience = { timeout: 30_000 };

let ground: ResumeGround;
let web: Web;
let other: Web;
let further: FurtherProcess;
let tenant: Tenant;
let agent: LiveAgent;
beforeAll(async () => {
  ground = await openResumeGround({ graceMs: 6_000 });
});
afterAll(() => ground.close());
beforeEach(async () => {
  await ground.services.reset();
  further = openFurtherProcess(ground.services, { redis: "same" });
  web = await startWeb(ground.services, { rootDirectory: null, watchesBuild: false });
  other = await startWeb(further.services, { rootDirectory: null, watchesBuild: false });
  ({ tenant, agent } = await ground.live());
});
afterEach(async () => {
  await Promise.all([web.drain(), other.drain()]);
  await further.close();
});

function filesWith(directory: string, text: string): string[] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return paths.filter((path) => readFileSync(path).includes(text));
}

const textOf = (events: string) =>
  eventsOf(events)
    .flatMap(({ event, data }) => (event === "delta" ? [(data as { text: string }).text] : []))
    .join("");

const rows = () => ground.services.owner.selectFrom("invocations").select(["outcome", "tokens", "errorCode"]).execute();

/** Begun at one gateway and left after its first words. */
async function left(prompt = long, headers: Record<string, string> = {}) {
  const { text } = await beginStream(web.url, agent, { prompt, bytesMax: 900, headers });
  return { path: resumePathOf(text), known: text };
}

/** Resolves once the reader has been told something. */
function firstText(): [Promise<void>, () => void] {
  let onText: () => void = () => undefined;
  const hasBegun = new Promise<void>((resolve) => {
    onText = resolve;
  });
  return [hasBegun, onText];
}

const remove = (path: string, key = agent.apiKey) =>
  fetch(`${other.url}${path}`, { method: "DELETE", headers: bearer({ apiKey: key }) });
const ask = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${other.url}${path}`, { headers: { ...bearer(agent), ...headers } });

describe("a caller who lost the connection", () => {
  it("gets the rest from another gateway, and is charged once by the first", async () => {
    const { path, known } = await left("40 5");
    const rest = await comeBack(other.url, agent, { path, known });
    const ids = eventsOf(known + rest.text).map(({ id }) => id);
    expect(ids).toEqual(ids.map((_id, place) => place + 1));
    expect(rest.text.endsWith(end)).toBe(true);
    await expect.poll(rows, patience).toEqual([{ outcome: "ok", tokens: tokensOfCall, errorCode: null }]);
    expect((await ask(path, { "last-event-id": String(ids.length) })).status).toBe(204);
    const whole = await comeBack(web.url, agent, { path, known: "" });
    expect(whole.text).toBe(known + rest.text);
  });

  it("is told of an event that was never sent, and of an id that is none", async () => {
    const { path } = await left();
    for (const id of ["999999", "-1", "one", "1".repeat(16)]) {
      const refused = await envelopeOf(await ask(path, { "last-event-id": id }));
      expect(refused).toMatchObject({ status: 400, error: { details: { reason: "last_event_id_invalid" } } });
    }
    await remove(path);
  });

  it("who does not come back has the agent stopped after the time of grace, and pays for what it was", async () => {
    const { path, known } = await left();
    await expect.poll(rows, patience).toMatchObject([{ outcome: "aborted", errorCode: null }]);
    await expect.poll(() => ground.printed(agent), patience).toEqual(["stopped"]);
    const rest = await comeBack(other.url, agent, { path, known });
    expect(eventsOf(rest.text).at(-1)).toMatchObject({
      event: "error",
      data: { error: { details: { reason: "stream_abandoned" } } },
    });
  });

  it("who has it read to its end elsewhere and dropped before this gateway could read it pays for it all the same", async () => {
    const word = "w".repeat(60_000);
    const headers = { ...bearer(agent), "content-type": "application/json" };
    const body = JSON.stringify({ input: { prompt: `80 1 ${word}` } });
    const unread = await fetch(`${web.url}/v1/invoke/${agent.agentId}/stream`, { method: "POST", headers, body });
    const reader = unread.body?.getReader();
    const first = Buffer.from((await reader?.read())?.value ?? []).toString("utf8");
    const path = resumePathOf(first);
    const whole = await comeBack(other.url, agent, { path, known: "" });
    expect(whole.text.endsWith(end)).toBe(true);
    expect((await remove(path)).status).toBe(204);
    await reader?.cancel();
    await expect.poll(rows, patience).toMatchObject([{ tokens: tokensOfCall }]);
  });

  it("who sent an Idempotency-Key has it made to its end, and gets it whole by the key as well", async () => {
    const headers = { "idempotency-key": newId("trace") };
    const { path, known } = await left("300 8", headers);
    await expect.poll(rows, patience).toMatchObject([{ outcome: "ok" }]);
    const again = await beginStream(web.url, agent, { prompt: "300 8", headers });
    const rest = await comeBack(other.url, agent, { path, known });
    expect(again.text).toBe(known + rest.text);
    expect(await rows()).toHaveLength(1);
  });

  it("who sent an Idempotency-Key finds it by its address too, long after one that its caller read was forgotten", async () => {
    const { path, known } = await left("300 8", { "idempotency-key": newId("trace") });
    await expect.poll(rows, patience).toMatchObject([{ outcome: "ok" }]);
    const read = await beginStream(web.url, agent, { prompt: "3 1" });
    const goneOf = async () =>
      eventsOf((await comeBack(web.url, agent, { path: resumePathOf(read.text), known: "" })).text).at(-1);
    await expect.poll(goneOf, patience).toMatchObject({ data: { error: { details: { reason: "stream_lost" } } } });
    const rest = await comeBack(other.url, agent, { path, known });
    expect(rest.text.endsWith(end)).toBe(true);
    const ids = eventsOf(known + rest.text).map(({ id }) => id);
    expect(ids).toEqual(ids.map((_id, place) => place + 1));
  });
});

describe("a stop", () => {
  it("ends generation and readers at whichever gateway it is said, and leaves nothing to come back to", async () => {
    const { path, known } = await left();
    const [hasBegun, onText] = firstText();
    const reading = comeBack(web.url, agent, { path, known, onText });
    await hasBegun;
    expect((await remove(path)).status).toBe(204);
    const reason = { data: { error: { details: { reason: "stream_stopped" } } } };
    expect(eventsOf((await reading).text).at(-1)).toMatchObject({ event: "error", ...reason });
    await expect.poll(() => ground.printed(agent), patience).toEqual(["stopped"]);
    await expect.poll(rows, patience).toMatchObject([{ outcome: "aborted" }]);
    const lost = { event: "error", data: { error: { code: "RUNTIME_ERROR", details: { reason: "stream_lost" } } } };
    await expect
      .poll(async () => eventsOf((await comeBack(web.url, agent, { path, known })).text).at(-1), patience)
      .toMatchObject(lost);
    expect((await remove(path)).status).toBe(204);
  });

  it("of the caller's key ends the reader and the agent, also when the gateway that began it is gone", async () => {
    const { apiKey, keyId } = await createApiKey(ground.services, tenant.scope, {
      name: "short",
      preset: "invoke",
      expiresInDays: null,
    });
    const begun = await beginStream(web.url, { ...agent, apiKey }, { prompt: long, bytesMax: 900 });
    const from = { path: resumePathOf(begun.text), known: begun.text };
    const [hasBegun, onText] = firstText();
    const reading = comeBack(other.url, { apiKey }, { ...from, onText });
    await Promise.all([hasBegun, web.drain()]);
    await revokeApiKey(ground.services, tenant.scope, { keyId });
    expect(eventsOf((await reading).text).at(-1)).toMatchObject({ event: "error", data: { error: { code: "UNAUTHENTICATED" } } });
    await expect.poll(() => ground.printed(agent), patience).toEqual(["stopped"]);
    expect((await comeBack(other.url, { apiKey }, from)).status).toBe(401);
  });
});

describe("a stream", () => {
  it("looks missing to everybody else, and to its caller once a quarter of an hour is over", async () => {
    const { path } = await left();
    const keyOf = async (whose: Tenant) =>
      (await createApiKey(ground.services, whose.scope, { name: "else", preset: "all", expiresInDays: null })).apiKey;
    const stranger = await ground.live();
    const strange = path.replace(agent.agentId, stranger.agent.agentId);
    const forged = [
      path.replace(/\.[0-9a-z]{8}\./, ".zzzzzzzz."),
      `${path.slice(0, -1)}${path.endsWith("A") ? "B" : "A"}`,
      strange,
    ];
    const asked = [
      ...[await keyOf(tenant), await keyOf(stranger.tenant)].map((apiKey) => ({ at: path, apiKey })),
      ...forged.map((at) => ({ at, apiKey: agent.apiKey })),
      { at: strange, apiKey: stranger.agent.apiKey },
    ];
    for (const { at, apiKey } of asked) {
      for (const method of ["GET", "DELETE"]) {
        const answer = await envelopeOf(await fetch(`${other.url}${at}`, { method, headers: bearer({ apiKey }) }));
        expect(answer).toMatchObject({ status: 404, error: { code: "NOT_FOUND" } });
      }
    }
    const isThere = await ask(path);
    await isThere.body?.cancel();
    expect(isThere.status).toBe(200);
    ground.services.clock.advance(15 * 60_000 + 1);
    expect((await ask(path)).status).toBe(404);
    ground.services.clock.set(new Date());
    await remove(path);
  });

  it("is on no disk, in no Redis and in no row while it can be resumed", async () => {
    const canary = newId("trace");
    const { path, known } = await left(`200 5 ${canary}`);
    const rest = await comeBack(other.url, agent, { path, known, bytesMax: 3_000 });
    expect(known + rest.text).toContain(`0 grüß ${canary}`);
    const { redis, owner } = ground.services;
    const keys = await redis.keys("*");
    const held = await Promise.all(keys.map((key) => redis.dumpBuffer(key).then((value) => value?.includes(canary) ?? false)));
    expect(held.filter(Boolean)).toEqual([]);
    expect(filesWith(ground.host.directory, canary)).toEqual([]);
    expect(filesWith(ground.services.directory, canary)).toEqual([]);
    for (const table of ["invocations", "agentSessions", "idempotencyKeys", "auditEntries"] as const) {
      expect(JSON.stringify(await owner.selectFrom(table).selectAll().execute())).not.toContain(canary);
    }
    await remove(path);
  });

  it("and its likes have no more readers at once than the workspace may have calls twice over, or eight", async () => {
    const { path } = await left();
    await overrideLimits(ground.services, tenant.workspace, { concurrencyMax: 1 });
    await ground.services.redis.publish(agentChangedChannel, agent.agentId);
    const reading = await Promise.all(Array.from({ length: 8 }, () => ask(path)));
    expect(reading.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    const limited = { status: 429, error: { code: "RATE_LIMITED", details: { reason: "concurrency" } } };
    await expect.poll(async () => envelopeOf(await ask(path)), patience).toMatchObject(limited);
    await Promise.all(reading.map(({ body }) => body?.cancel()));
    await expect.poll(async () => (await ask(path)).status, patience).toBe(200);
    await remove(path);
  });

  it("of an agent that was disabled is refused like a call of it", async () => {
    const { path } = await left();
    await ground.services.owner.updateTable("agents").set({ disabledAt: new Date() }).where("id", "=", agent.agentId).execute();
    await ground.services.redis.publish(agentChangedChannel, agent.agentId);
    await expect.poll(async () => (await ask(path)).status, patience).toBe(409);
  });

  it("is left to other gateways when this one stops, and settled from its report", async () => {
    const { path, known } = await left("400 5");
    const rest = comeBack(other.url, agent, { path, known });
    await web.drain();
    expect((await rest).text.endsWith(end)).toBe(true);
    expect(await rows()).toEqual([]);
    const { requestsHeld } = await ground.services.owner.selectFrom("budgetLeases").selectAll().executeTakeFirstOrThrow();
    expect(requestsHeld).toBe(1);
    expect(lastIdOf(known)).toBeGreaterThan(0);
  });

  it("whose conversation is kept is kept whole when it is read on elsewhere, and as far as it came when its gateway stops", async () => {
    const { services } = ground;
    const { agentId } = agent;
    await keepConversations(services, tenant.scope, { agentId });
    const turns = async (begun: string) => {
      const sessionId = /"sessionId":"(ses_\w+)"/.exec(begun)?.[1] ?? "";
      return (await readConversation(services, tenant.scope, { agentId, sessionId, limit: 25 })).items;
    };
    const whole = await left("40 5");
    const rest = await comeBack(other.url, agent, whole);
    const answer = textOf(whole.known + rest.text);
    await expect.poll(() => turns(whole.known), patience).toMatchObject([{ answer, outcome: "ok", isCut: false }]);
    const broken = await left("400 5");
    const going = comeBack(other.url, agent, broken);
    await web.drain();
    const said = textOf(broken.known + (await going).text);
    const [turn] = await turns(broken.known);
    expect(turn).toMatchObject({ messages: [{ content: "400 5" }], outcome: "aborted", isCut: true });
    expect(said.startsWith(turn?.answer ?? "nothing")).toBe(true);
    expect(turn?.answer).toContain(textOf(broken.known));
  });
});
