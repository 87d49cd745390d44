// What a runtime's report must be to be believed: signed by its deployment, in time, of its own owner chain.
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startWeb, type Web } from "~/server/http/start-web";
import { newId } from "~/server/ids";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { eventOf, type ReportFields, readSums, type Sending, sendReport, signReport } from "~/server/testing/report-telemetry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

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

const send = (raw: string | Buffer, sending: Sending = {}) => sendReport({ services, url: web.url, source: agent }, raw, sending);
const report = (fields: ReportFields = {}, sending: Sending = {}) =>
  send(JSON.stringify(eventOf(services, agent, fields)), sending);

function countEvents(): Promise<number> {
  return services.owner
    .selectFrom("telemetryEvents")
    .select((row) => row.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow()
    .then((row) => row.count);
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
    const { kept, counted } = await readSums(services);
    expect(kept).toMatchObject([{ requests: 1, llmTokens: 12, computeMs: 34, toolCalls: 2, errors: 0, events: 1 }]);
    expect(kept).toEqual(counted);
  });

  it("is judged by its bytes, whatever the content type and the cookies say", async () => {
    const headers = { "content-type": "text/plain", cookie: "whs_session=forged", origin: "https://elsewhere.example" };
    expect((await report({}, { headers })).status).toBe(202);
  });

  it("is accepted under the key before the current one while they overlap, and under no older one", async () => {
    await services.owner
      .updateTable("deployments")
      .set({ telemetryGeneration: 3, telemetryOverlapEndsAt: new Date(services.clock.now().getTime() + 60_000) })
      .where("id", "=", agent.deploymentId)
      .execute();
    const statuses: number[] = [];
    for (const generation of [1, 2, 3, 4]) {
      const raw = JSON.stringify(eventOf(services, agent));
      statuses.push((await send(raw, { signature: signReport(services, raw, agent.deploymentId, generation) })).status);
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
  const raw = () => JSON.stringify(eventOf(services, agent));
  const right = (text: string) => signReport(services, text, agent.deploymentId);
  const wrong: Record<string, (text: string) => string> = {
    "with one flipped bit": (text) => right(text).replace(/.$/, (last) => (last === "0" ? "1" : "0")),
    truncated: (text) => right(text).slice(0, -2),
    "with a tail": (text) => `${right(text)}00`,
    "in upper case": (text) => `v1=${right(text).slice(3).toUpperCase()}`,
    "with an upper-case version": (text) => right(text).replace("v1=", "V1="),
    "sent twice": (text) => `${right(text)}, ${right(text)}`,
    "without its version": (text) => right(text).slice(3),
    "of another version": (text) => right(text).replace("v1=", "v2="),
    "that is not hexadecimal": () => `v1=${"z".repeat(64)}`,
    empty: () => "",
    "of another body": () => right("{}"),
    "of another deployment": (text) => signReport(services, text, newId("deployment")),
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

  const malformed: Record<string, ReportFields> = {
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
