// What was reported counts exactly once, and nobody's mistake costs another's event.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startWeb, type Web } from "~/server/http/start-web";
import { newId } from "~/server/ids";
import { eventRowOf } from "~/server/testing/event-row";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { eventOf, readSums, type Sending, sendReport } from "~/server/testing/report-telemetry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { EventWriter } from "./event-writer";

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
const batch = (events: unknown[]) => send(JSON.stringify({ events }), { path: "/v1/telemetry/batch" });

function countEvents(): Promise<number> {
  return services.owner
    .selectFrom("telemetryEvents")
    .select((row) => row.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow()
    .then((row) => row.count);
}

describe("a duplicate", () => {
  it("is said to be one and counts nothing, whatever else it claims", async () => {
    const event = eventOf(services, agent);
    await send(JSON.stringify(event));
    const again = await send(JSON.stringify(event));
    const later = new Date(services.clock.now().getTime() + 60_000).toISOString();
    const altered = await send(JSON.stringify({ ...event, timestamp: later, llmTokens: 999 }));
    expect([again, altered].map(({ status, body }) => [status, body["duplicate"]])).toEqual([
      [202, true],
      [202, true],
    ]);
    const { kept, counted } = await readSums(services);
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
        const event = eventOf(services, agent);
        const answers = await Promise.all(
          [web.url, second.url, web.url, second.url].map((url, place) => {
            // Another time under the same id, so that the primary key alone would not notice.
            const timestamp = new Date(services.clock.now().getTime() + place).toISOString();
            return send(JSON.stringify({ ...event, timestamp }), { url });
          }),
        );
        counted += answers.filter(({ body }) => body["duplicate"] === false).length;
      }
      const { kept, counted: recount } = await readSums(services);
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
    const good = [eventOf(services, agent), eventOf(services, agent)];
    const foreign = eventOf(services, agent, { agentId: newId("agent") });
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
    expect((await batch(Array.from({ length: 500 }, () => eventOf(services, agent)))).body).toMatchObject({
      accepted: 500,
      rejected: 0,
    });
  });

  it("with the largest counts saturates its sums instead of failing its neighbours", async () => {
    const most = { llmTokens: Number.MAX_SAFE_INTEGER, computeMs: Number.MAX_SAFE_INTEGER };
    for (let turn = 0; turn < 3; turn += 1) {
      const { body } = await batch(Array.from({ length: 500 }, () => eventOf(services, agent, most)));
      expect(body).toMatchObject({ accepted: 500 });
    }
    const { kept, counted } = await readSums(services);
    expect(kept).toMatchObject([{ llmTokens: Number.MAX_SAFE_INTEGER, requests: 1_500, events: 1_500 }]);
    expect(kept).toEqual(counted);
  });
});

it("an event is written as its words are, whatever they hold, and changes nothing of its neighbours", async () => {
  const words = ['a"b', "c\\d", "{e,null}", "null", ""];
  const writer = new EventWriter(services);
  const rows = words.map((traceId) => eventRowOf(agent, services.clock.now(), { traceId }));
  expect(await writer.write(rows)).toEqual(words.map(() => true));
  const kept = await services.owner.selectFrom("telemetryEvents").select(["eventId", "traceId", "errorClass"]).execute();
  const byId = new Map(kept.map((row) => [row.eventId, row]));
  expect(rows.map(({ eventId }) => byId.get(eventId))).toEqual(
    rows.map(({ eventId, traceId }) => ({ eventId, traceId, errorClass: null })),
  );
});
