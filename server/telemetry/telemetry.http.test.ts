// What a runtime's report must be to count, and that it counts exactly once.
import { createHmac } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { telemetryHeaders } from "~/runtime/contract/telemetry";
import { startWeb, type Web } from "~/server/http/start-web";
import { newId } from "~/server/ids";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { deriveTelemetryKey } from "./telemetry-key";

let services: TestServices;
let web: Web;
let agent: LiveAgent;

beforeAll(async () => {
  services = await createTestServices();
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterAll(async () => {
  await web.drain();
  await services.dispose();
});
beforeEach(async () => {
  await services.reset();
  agent = await createLiveAgent(services, await createTestTenant(services), null);
});

type Fields = Record<string, unknown>;

function eventOf(source: LiveAgent, fields: Fields = {}): Fields {
  return {
    eventId: newId("event"),
    userId: source.ownerUserId,
    agentId: source.agentId,
    deploymentId: source.deploymentId,
    runtimeProvider: "embedded",
    timestamp: services.clock.now().toISOString(),
    requests: 1,
    llmTokens: 12,
    computeMs: 34,
    toolCalls: 2,
    errors: 0,
    errorClass: null,
    costUsdEstimated: 0.001,
    traceId: newId("trace"),
    provider: {},
    ...fields,
  };
}

function signatureOf(raw: string | Buffer, deploymentId: string, generation = 1): string {
  const key = deriveTelemetryKey(services.config.telemetryRootKey, deploymentId, generation);
  return `v1=${createHmac("sha256", key).update(raw).digest("hex")}`;
}

type Sending = { deploymentId?: string; signature?: string; path?: string; url?: string; headers?: Record<string, string> };

async function send(raw: string | Buffer, sending: Sending = {}) {
  const deploymentId = sending.deploymentId ?? agent.deploymentId;
  const answer = await fetch(`${sending.url ?? web.url}${sending.path ?? "/v1/telemetry/report"}`, {
    method: "POST",
    headers: {
      [telemetryHeaders.deploymentId]: deploymentId,
      [telemetryHeaders.signature]: sending.signature ?? signatureOf(raw, deploymentId),
      ...sending.headers,
    },
    body: typeof raw === "string" ? raw : new Uint8Array(raw),
  });
  return { status: answer.status, body: (await answer.json()) as Fields & { error?: { code: string; message: string } } };
}

const report = (fields: Fields = {}, sending: Sending = {}) => send(JSON.stringify(eventOf(agent, fields)), sending);
const batch = (events: unknown[], sending: Sending = {}) =>
  send(JSON.stringify({ events }), { path: "/v1/telemetry/batch", ...sending });

function countEvents(): Promise<number> {
  return services.owner
    .selectFrom("telemetryEvents")
    .select((row) => row.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow()
    .then((row) => row.count);
}

/** Hourly sums, as kept and as counted again from the raw events. */
async function sums() {
  const kept = await sql`
    select workspace_id, deployment_id, hour, requests, llm_tokens, compute_ms, tool_calls, errors, events from usage_hours
    order by deployment_id, hour`.execute(services.owner);
  const counted = await sql`
    select workspace_id, deployment_id, date_trunc('hour', occurred_at, 'UTC') as hour, sum(requests)::bigint as requests,
      least(sum(llm_tokens), 9007199254740991) as llm_tokens, least(sum(compute_ms), 9007199254740991) as compute_ms,
      sum(tool_calls)::bigint as tool_calls,
      sum(errors)::bigint as errors, count(*) as events
    from telemetry_events group by 1, 2, 3 order by 2, 3`.execute(services.owner);
  return { kept: kept.rows, counted: counted.rows };
}

function auditedReasons() {
  return services.owner
    .selectFrom("auditEntries")
    .select(["workspaceId", "metadata"])
    .where("action", "=", "telemetry.reject")
    .orderBy("seq")
    .execute();
}

describe("a signed report", () => {
  it("is accepted only once it is durable, and shows in the hourly sums", async () => {
    const { status, body } = await report();
    expect(status).toBe(202);
    expect(body).toEqual({ accepted: true, duplicate: false, traceId: expect.stringMatching(/^trc_/) });
    const { kept, counted } = await sums();
    expect(kept).toMatchObject([{ requests: 1, llmTokens: 12, computeMs: 34, toolCalls: 2, errors: 0, events: 1 }]);
    expect(kept).toEqual(counted);
  });

  it("is judged by its bytes, whatever the content type and the cookies say", async () => {
    const headers = { "content-type": "text/plain", cookie: "whs_session=forged", origin: "https://elsewhere.example" };
    expect((await report({}, { headers })).status).toBe(202);
  });

  it("counts upper-case hexadecimal as the same signature", async () => {
    const raw = JSON.stringify(eventOf(agent));
    const signature = `v1=${signatureOf(raw, agent.deploymentId).slice(3).toUpperCase()}`;
    expect((await send(raw, { signature })).status).toBe(202);
  });

  it("is accepted under the key before the current one, and under no older one", async () => {
    await services.owner
      .updateTable("deployments")
      .set({ telemetryGeneration: 3 })
      .where("id", "=", agent.deploymentId)
      .execute();
    const statuses: number[] = [];
    for (const generation of [1, 2, 3, 4]) {
      const raw = JSON.stringify(eventOf(agent));
      statuses.push((await send(raw, { signature: signatureOf(raw, agent.deploymentId, generation) })).status);
    }
    expect(statuses).toEqual([401, 202, 202, 401]);
  });

  it("may be an hour old and five minutes early, and no more", async () => {
    const at = (offsetMs: number) => new Date(services.clock.now().getTime() + offsetMs).toISOString();
    expect((await report({ timestamp: at(-3_599_000) })).status).toBe(202);
    expect((await report({ timestamp: at(299_000) })).status).toBe(202);
    const stale = await report({ timestamp: at(-3_601_000) });
    const early = await report({ timestamp: at(301_000) });
    expect([stale.status, early.status]).toEqual([400, 400]);
    expect(stale.body.error?.message).toMatch(/older than 1 h/);
    expect(early.body.error?.message).toMatch(/future/);
    expect(await countEvents()).toBe(2);
  });
});

describe("a wrong signature", () => {
  const raw = () => JSON.stringify(eventOf(agent));
  const right = (text: string) => signatureOf(text, agent.deploymentId);
  const wrong: Record<string, (text: string) => string> = {
    "with one flipped bit": (text) => right(text).replace(/.$/, (last) => (last === "0" ? "1" : "0")),
    truncated: (text) => right(text).slice(0, -2),
    "with a tail": (text) => `${right(text)}00`,
    "without its version": (text) => right(text).slice(3),
    "of another version": (text) => right(text).replace("v1=", "v2="),
    "that is not hexadecimal": () => `v1=${"z".repeat(64)}`,
    empty: () => "",
    "of another body": () => right("{}"),
    "of another deployment": (text) => signatureOf(text, newId("deployment")),
    "with the root key itself": (text) =>
      `v1=${createHmac("sha256", services.config.telemetryRootKey).update(text).digest("hex")}`,
  };

  for (const [name, make] of Object.entries(wrong)) {
    it(`is refused ${name}`, async () => {
      const text = raw();
      const { status, body } = await send(text, { signature: make(text) });
      expect([status, body.error?.code]).toEqual([401, "UNAUTHENTICATED"]);
      expect(await countEvents()).toBe(0);
    });
  }

  it("and an unknown deployment get one answer", async () => {
    const text = raw();
    const bad = await send(text, { signature: `v1=${"0".repeat(64)}` });
    const unknown = await send(text, { deploymentId: newId("deployment") });
    const nonsense = await send(text, { deploymentId: "dep_' or true --" });
    const strip = ({ status, body }: typeof bad) => ({ status, body: { ...body, traceId: null } });
    expect(strip(unknown)).toEqual(strip(bad));
    expect(strip(nonsense)).toEqual(strip(bad));
  });

  it("is refused before the body is parsed", async () => {
    const { status } = await send("{ not json", { signature: `v1=${"0".repeat(64)}` });
    expect(status).toBe(401);
  });
});

describe("a report that is signed but wrong", () => {
  it("of another owner chain is refused and audited in the signer's workspace", async () => {
    const other = await createLiveAgent(services, await createTestTenant(services), null);
    for (const field of ["userId", "agentId", "deploymentId"] as const) {
      const source = { userId: other.ownerUserId, agentId: other.agentId, deploymentId: other.deploymentId }[field];
      const { status, body } = await report({ [field]: source });
      expect([status, body.error?.code]).toEqual([403, "UNAUTHORIZED"]);
    }
    expect((await report({ runtimeProvider: "vps" })).status).toBe(403);
    expect(await countEvents()).toBe(0);
    expect(await auditedReasons()).toMatchObject([{ workspaceId: agent.workspaceId, metadata: { reason: "wrong_owner_chain" } }]);
  });

  const malformed: Record<string, Fields> = {
    "an unknown key": { prompt: "secret words" },
    "a count over 2^53": { llmTokens: 2 ** 53 },
    "a negative count": { computeMs: -1 },
    "half a request": { requests: 0.5 },
    "a NUL in an id": { userId: "usr_\u0000" },
    "an event id of another shape": { eventId: "evt_1" },
    "a time without a zone": { timestamp: "2026-11-22T00:00:00" },
    "an infinite cost": { costUsdEstimated: 1e308 },
    "text in provider facts beyond its cap": { provider: { note: "x".repeat(101) } },
  };
  for (const [name, fields] of Object.entries(malformed)) {
    it(`with ${name} is refused`, async () => {
      const { status } = await report(fields);
      expect([400, 403]).toContain(status);
      expect(await countEvents()).toBe(0);
    });
  }

  it("is refused when its bytes are not UTF-8 or too many", async () => {
    expect((await send(Buffer.from([0x7b, 0xff, 0x7d]))).status).toBe(400);
    const huge = await send(" ".repeat(64 * 1024 + 1));
    expect([huge.status, huge.body.error?.code]).toEqual([413, "PAYLOAD_TOO_LARGE"]);
  });

  it("leaves one audit line a minute per cause, and the next one says how many there were", async () => {
    for (let tries = 0; tries < 5; tries += 1) await report({ prompt: "x" });
    expect(await auditedReasons()).toHaveLength(1);
    services.clock.advance(61_000);
    await report({ prompt: "x" });
    expect((await auditedReasons()).map((row) => row.metadata["alsoSuppressed"])).toEqual([0, 4]);
  });
});

describe("a duplicate", () => {
  it("is said to be one and counts nothing, whatever else it claims", async () => {
    const event = eventOf(agent);
    await send(JSON.stringify(event));
    const again = await send(JSON.stringify(event));
    const later = new Date(services.clock.now().getTime() + 60_000).toISOString();
    const altered = await send(JSON.stringify({ ...event, timestamp: later, llmTokens: 999 }));
    expect([again, altered].map(({ status, body }) => [status, body["duplicate"]])).toEqual([
      [202, true],
      [202, true],
    ]);
    const { kept, counted } = await sums();
    expect(kept).toMatchObject([{ events: 1, llmTokens: 12 }]);
    expect(kept).toEqual(counted);
  });

  it("never counts twice when many send it at once, through two processes", async () => {
    const second = await startWeb(
      { ...services, config: { ...services.config, controlSocket: `${services.config.controlSocket}2` } },
      { rootDirectory: null, watchesBuild: false },
    );
    try {
      let counted = 0;
      for (let round = 0; round < 25; round += 1) {
        const event = eventOf(agent);
        const answers = await Promise.all(
          [web.url, second.url, web.url, second.url].map((url, place) => {
            // Another time under the same id, so that the primary key alone would not notice.
            const timestamp = new Date(services.clock.now().getTime() + place).toISOString();
            return send(JSON.stringify({ ...event, timestamp }), { url });
          }),
        );
        counted += answers.filter(({ body }) => body["duplicate"] === false).length;
      }
      const { kept, counted: recount } = await sums();
      expect(counted).toBe(25);
      expect(kept).toMatchObject([{ events: 25, requests: 25 }]);
      expect(kept).toEqual(recount);
    } finally {
      await second.drain();
    }
  });
});

describe("a batch", () => {
  it("keeps its good events when others are bad, and answers each", async () => {
    const good = [eventOf(agent), eventOf(agent)];
    const foreign = eventOf(agent, { agentId: newId("agent") });
    const { status, body } = await batch([good[0], { junk: true }, foreign, good[1], good[0], null]);
    expect(status).toBe(202);
    expect(body).toMatchObject({ accepted: 3, duplicates: 1, rejected: 3 });
    expect(body["results"]).toMatchObject([
      { eventId: good[0]?.["eventId"], accepted: true, duplicate: false },
      { accepted: false, error: { code: "INVALID_REQUEST" } },
      { eventId: foreign["eventId"], accepted: false, error: { code: "UNAUTHORIZED" } },
      { eventId: good[1]?.["eventId"], accepted: true, duplicate: false },
      { accepted: true, duplicate: true },
      { eventId: null, accepted: false },
    ]);
    expect(await countEvents()).toBe(2);
  });

  it("holds at most 500 events and at least one", async () => {
    expect((await batch([])).status).toBe(400);
    expect((await batch(Array.from({ length: 501 }, () => ({})))).status).toBe(400);
    expect((await batch(Array.from({ length: 500 }, () => eventOf(agent)))).body).toMatchObject({ accepted: 500, rejected: 0 });
  });

  it("with the largest counts saturates its sums instead of failing its neighbours", async () => {
    const most = { llmTokens: Number.MAX_SAFE_INTEGER, computeMs: Number.MAX_SAFE_INTEGER };
    for (let turn = 0; turn < 3; turn += 1) {
      const { body } = await batch(Array.from({ length: 500 }, () => eventOf(agent, most)));
      expect(body).toMatchObject({ accepted: 500 });
    }
    const { kept, counted } = await sums();
    expect(kept).toMatchObject([{ llmTokens: Number.MAX_SAFE_INTEGER, requests: 1_500, events: 1_500 }]);
    expect(kept).toEqual(counted);
  });
});
