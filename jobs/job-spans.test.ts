// A job's trace is its own and linked to the request that rang for it, also in another process; its payload stays ids alone (MISSION G6).
import { afterEach, beforeEach, expect, it } from "vitest";
import { newId } from "~/server/ids";
import { deliverMailJob } from "~/server/mail/mail.jobs";
import { causesFrom, inRootSpan } from "~/server/observability/spans";
import { startTraces } from "~/server/observability/start-traces";
import { type OtlpStandIn, startOtlp } from "~/server/testing/otlp-stand-in";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { startWorkers } from "./work";

let services: TestServices;
let collector: OtlpStandIn;
let traces: Awaited<ReturnType<typeof startTraces>>;

beforeEach(async () => {
  services = await createTestServices({ queue: "bullmq" });
  collector = await startOtlp();
  const tracing = {
    collector: { url: `${collector.url}/v1/traces`, headers: {} },
    sampler: { ratio: 1, heedsCaller: true },
    serviceName: null,
    resource: {},
    credentials: [],
  };
  traces = await startTraces({ tracing, environment: "test" }, { program: "worker", log: services.log });
});
afterEach(async () => {
  await traces?.close();
  await collector.close();
  await services.dispose();
});

/** What waits in Redis for the worker. */
const waiting = (mailId: string) => services.redis.hgetall(`whs:mail-deliver:${mailId}`);

/** Has done all that waited, and sent its spans. */
async function work(mailId: string): Promise<void> {
  const workers = await startWorkers(services);
  await expect.poll(() => waiting(mailId), { timeout: 30_000 }).toEqual({});
  await workers.drain();
  await traces?.close();
}

it("is linked to the request, and the ring is a part of that", async () => {
  const mailId = newId("mail");
  const request = { name: "a request", kind: "server", facts: {} } as const;
  await inRootSpan(request, () => services.queue.ring(deliverMailJob, { mailId }));
  expect(JSON.parse((await waiting(mailId))["data"] ?? "")).toEqual({ mailId });
  await work(mailId);
  const named = (name: string) => collector.spans().find((span) => span.name === name);
  const [root, ring, job] = [named("a request"), named("ring mail-deliver"), named("job mail-deliver")];
  expect(ring).toMatchObject({ kind: 4, parentSpanId: root?.spanId, facts: { "whs.job": "mail-deliver" } });
  expect(job).toMatchObject({ kind: 5, parentSpanId: null, links: [root?.traceId] });
  expect(job?.traceId).not.toBe(root?.traceId);
});

it("that nobody's recorded request rang for is linked to none", async () => {
  const mailId = newId("mail");
  await services.queue.ring(deliverMailJob, { mailId });
  await work(mailId);
  expect(collector.spans().find(({ name }) => name === "job mail-deliver")).toMatchObject({ links: [] });
  for (const text of [undefined, "", "00-x-y-01", `00-${"a".repeat(32)}-${"b".repeat(16)}-00`])
    expect(causesFrom(text)).toEqual([]);
});
