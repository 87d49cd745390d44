// What runtimes of strangers may send: everything but a true report is refused, and no word of it is kept, in rows, logs or the audit.
import { Writable } from "node:stream";
import { request } from "undici";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { telemetryHeaders } from "~/runtime/contract/telemetry";
import { startWeb, type Web } from "~/server/http/start-web";
import { newId } from "~/server/ids";
import { createLog } from "~/server/log";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { eventOf, type ReportFields, readSums, type Sending, sendReport, signReport } from "~/server/testing/report-telemetry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

const canary = "canary-4711-of-a-prompt";
let services: TestServices;
let web: Web;
let agent: LiveAgent;
let logged = "";

beforeAll(async () => {
  services = await createTestServices();
  const destination = new Writable({
    write(piece, _encoding, done) {
      logged += String(piece);
      done();
    },
  });
  const log = createLog({ program: "test", level: "debug", destination });
  web = await startWeb({ ...services, log }, { rootDirectory: null, watchesBuild: false });
});
afterAll(async () => {
  await web.drain();
  await services.dispose();
});
beforeEach(async () => {
  await services.reset();
  logged = "";
  agent = await createLiveAgent(services, await createTestTenant(services), null);
});

const send = (raw: string | Buffer, sending: Sending = {}) => sendReport({ services, url: web.url, source: agent }, raw, sending);

/** The event as text, so that it may hold what no JavaScript value writes. */
function textOf(fields: ReportFields, written: Record<string, string> = {}): string {
  const text = JSON.stringify(eventOf(services, agent, fields));
  return Object.entries(written).reduce((all, [mark, raw]) => all.replace(mark, raw), text);
}

async function expectNothingKept(): Promise<void> {
  expect((await readSums(services)).counted).toEqual([]);
  const audited = await services.owner.selectFrom("auditEntries").selectAll().execute();
  expect(`${JSON.stringify(audited)}${logged}`).not.toContain("canary");
}

const bodies: Record<string, () => string> = {
  "an unknown key": () => textOf({ prompt: canary }),
  "an unknown key in a batch's place": () => JSON.stringify({ events: [eventOf(services, agent)], note: canary }),
  "NUL in a fact": () => textOf({ provider: { note: `\u0000${canary}` } }),
  "NUL in the name of a fact": () => textOf({ provider: { [`\u0000${canary}`]: 1 } }),
  "half a character in a fact": () => textOf({ provider: { note: `${canary}MARK` } }, { MARK: "\\ud800" }),
  "half a character in an id": () => textOf({ traceId: `${canary}MARK` }, { MARK: "\\udfff" }),
  "2^53+1": () =>
    textOf({ llmTokens: 0, errorClass: "MARK" }, { '"llmTokens":0': '"llmTokens":9007199254740993', '"MARK"': "null" }),
  "2^53+1 as a text": () => textOf({ llmTokens: "9007199254740993" }),
  "a count beyond every number": () => textOf({ computeMs: 0 }, { '"computeMs":0': '"computeMs":1e400' }),
  "a count below nothing": () => textOf({ toolCalls: -1 }),
  "a nested fact": () => textOf({ provider: { note: { prompt: canary } } }),
  "a prompt in place of an error class": () => textOf({ errorClass: canary }),
  "a thousand levels": () => `${"[".repeat(1_000)}"${canary}"${"]".repeat(1_000)}`,
  "a poisoned prototype": () => textOf({ MARK: 1 }, { '"MARK":1': `"__proto__":{"isSuperAdmin":"${canary}"}` }),
  "no JSON at all": () => `${canary}{`,
};

describe("a signed body with", () => {
  for (const [name, make] of Object.entries(bodies)) {
    it(`${name} is refused and leaves no word behind`, async () => {
      const { status, body } = await send(make());
      expect([status, body.error?.code]).toEqual([400, "INVALID_REQUEST"]);
      await expectNothingKept();
    });
  }
});

describe("a signature header", () => {
  it("that comes twice is refused, even when both are right, and so is a deployment named twice", async () => {
    const raw = textOf({});
    const id = [telemetryHeaders.deploymentId, agent.deploymentId];
    const signature = [telemetryHeaders.signature, signReport(services, raw, agent.deploymentId)];
    const statusOf = async (headers: string[]) => {
      const { statusCode, body } = await request(`${web.url}/v1/telemetry/report`, { method: "POST", headers, body: raw });
      await body.dump();
      return statusCode;
    };
    expect(await statusOf([...id, ...signature, ...signature])).toBe(401);
    expect(await statusOf([...id, ...id, ...signature])).toBe(401);
    await expectNothingKept();
    expect(await statusOf([...id, ...signature])).toBe(202);
  });

  it("of one deployment lets no other deployment speak, in the header or in the body", async () => {
    const other = await createLiveAgent(services, await createTestTenant(services), null);
    const raw = JSON.stringify(eventOf(services, other));
    const own = signReport(services, raw, agent.deploymentId);
    expect((await send(raw, { signature: own, deploymentId: other.deploymentId })).status).toBe(401);
    expect((await send(raw, { signature: own })).status).toBe(403);
    await expectNothingKept();
  });

  it("of a stale or early batch counts nothing of it, event by event", async () => {
    const at = (offsetMs: number) => new Date(services.clock.now().getTime() + offsetMs).toISOString();
    const events = [-3_601_000, 0, 301_000].map((offset) => eventOf(services, agent, { timestamp: at(offset) }));
    const { status, body } = await send(JSON.stringify({ events }), { path: "/v1/telemetry/batch" });
    expect([status, body["accepted"], body["rejected"]]).toEqual([202, 1, 2]);
    expect((await readSums(services)).kept).toMatchObject([{ events: 1 }]);
  });
});

it("the same event id in two workspaces is two events, and neither sees the other's", async () => {
  const other = await createLiveAgent(services, await createTestTenant(services), null);
  const eventId = newId("event");
  const answers = await Promise.all(
    [agent, other].map((source) =>
      sendReport({ services, url: web.url, source }, JSON.stringify(eventOf(services, source, { eventId, llmTokens: 5 }))),
    ),
  );
  expect(answers.map(({ status, body }) => [status, body["duplicate"]])).toEqual([
    [202, false],
    [202, false],
  ]);
  const { kept } = await readSums(services);
  expect(kept).toMatchObject([
    { llmTokens: 5, events: 1 },
    { llmTokens: 5, events: 1 },
  ]);
  expect(new Set(kept.map((row) => (row as { workspaceId: string }).workspaceId))).toEqual(
    new Set([agent.workspaceId, other.workspaceId]),
  );
});
