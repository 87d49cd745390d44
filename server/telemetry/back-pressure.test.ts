// When more arrives than can be written, it is refused early and kept by its sender: memory stays bounded, nobody takes everybody's place.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { startWeb, type Web } from "~/server/http/start-web";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { eventOf, readSums, sendReport } from "~/server/testing/report-telemetry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
let web: Web;
beforeAll(async () => {
  services = await createTestServices();
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterAll(async () => {
  await web.drain();
  await services.dispose();
});
beforeEach(() => services.reset());

const batchEvents = 500;
/** Twenty-five thousand events are made, signed and stored here. */
vi.setConfig({ testTimeout: 120_000 });

function sendBatch(source: LiveAgent) {
  const events = Array.from({ length: batchEvents }, () => eventOf(services, source));
  return sendReport({ services, url: web.url, source }, JSON.stringify({ events }), { path: "/v1/telemetry/batch" });
}

/** While it is held, no event can be written. */
async function stopWriting(): Promise<() => Promise<void>> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let holding = () => {};
  const held = new Promise<void>((resolve) => {
    holding = resolve;
  });
  const done = services.owner.transaction().execute(async (tx) => {
    await sql`lock table telemetry_events in exclusive mode`.execute(tx);
    holding();
    await released;
  });
  await held;
  return () => {
    release();
    return done;
  };
}

/** The answers that come first. */
function firstOf<T>(promises: Promise<T>[], count: number): Promise<T[]> {
  const answers: T[] = [];
  return new Promise((resolve, reject) => {
    for (const promise of promises) {
      promise.then((answer) => {
        answers.push(answer);
        if (answers.length === count) resolve([...answers]);
      }, reject);
    }
  });
}

async function liveAgents(count: number): Promise<LiveAgent[]> {
  const tenant = await createTestTenant(services);
  return Promise.all(Array.from({ length: count }, () => createLiveAgent(services, tenant, null)));
}

it("refuses with 503 and Retry-After what goes over its bound, loses nothing it took, and takes more once it can", async () => {
  const agents = await liveAgents(5);
  const goOn = await stopWriting();
  const heapBefore = process.memoryUsage().heapUsed;
  const sent = agents.flatMap((agent) => Array.from({ length: 10 }, () => sendBatch(agent)));
  // 20,000 events may wait: 40 of these 50 batches. The refusals come while those wait.
  const refusals = await firstOf(sent, 10);
  expect(refusals.map(({ status, body }) => [status, body.error?.code])).toEqual(Array(10).fill([503, "RATE_LIMITED"]));
  const early = await fetch(`${web.url}/v1/telemetry/batch`, { method: "POST", body: "x", signal: AbortSignal.timeout(30_000) });
  expect([early.status, early.headers.get("retry-after")]).toEqual([503, "1"]);
  const grownMb = (process.memoryUsage().heapUsed - heapBefore) / 2 ** 20;
  await goOn();
  const answers = await Promise.all(sent);
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(40);
  expect(grownMb).toBeLessThan(400);
  const { kept, counted } = await readSums(services);
  expect(kept.reduce<number>((sum, row) => sum + (row as { events: number }).events, 0)).toBe(40 * batchEvents);
  expect(kept).toEqual(counted);
  const [agent] = agents;
  if (agent) expect((await sendBatch(agent)).status).toBe(202);
});

it("refuses one deployment that reports without measure, and still takes what others report", async () => {
  const [flooding, quiet] = await liveAgents(2);
  if (!flooding || !quiet) throw new Error("no agents");
  const goOn = await stopWriting();
  const flood = Array.from({ length: 15 }, () => sendBatch(flooding));
  const refused = await Promise.race(flood);
  const other = sendBatch(quiet);
  await goOn();
  expect([refused.status, refused.body.error?.code]).toEqual([429, "RATE_LIMITED"]);
  expect((await other).status).toBe(202);
  expect((await Promise.all(flood)).filter(({ status }) => status === 202)).toHaveLength(10);
});

/** Promises a megabyte from one of this machine's addresses, and sends none of it. */
async function promiseBody(localAddress: string): Promise<Socket> {
  const { hostname: host, port } = new URL(web.url);
  const socket = connect({ host, port: Number(port), localAddress });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(`POST /v1/telemetry/batch HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${2 ** 20}\r\n\r\n{`);
  return socket;
}

it("is not starved by strangers who promise bodies and never send them: who signed rightly before is heard", async () => {
  const [agent] = await liveAgents(1);
  if (!agent) throw new Error("no agent");
  const event = () => sendReport({ services, url: web.url, source: agent }, JSON.stringify(eventOf(services, agent)));
  expect((await event()).status).toBe(202);
  const addresses = [2, 3, 4, 5, 6].flatMap((last) => Array.from({ length: 16 }, () => `127.0.0.${last}`));
  const sockets = await Promise.all(addresses.map(promiseBody));
  try {
    // Once more of them are refused than fit, all have been looked at.
    const refused = sockets.map(async (socket) => String(((await once(socket, "data")) as [Buffer])[0]).slice(9, 12));
    expect(await firstOf(refused, 16)).toEqual(Array(16).fill("503"));
    expect((await event()).status).toBe(202);
    expect((await sendBatch(agent)).status).toBe(202);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});
