// The doorbell: equal rings collapse while they wait, and a ring never rejects nor hangs, whatever Redis does.
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { createQueue } from "./create-queue";
import { defineJob } from "./queue";

const job = defineJob<"test-job", { id: string }>({ name: "test-job", keyOf: ({ id }) => `job-${id}`, attempts: 1 });

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices({ queue: "bullmq" });
});
afterAll(() => services.dispose());

describe("ringing", () => {
  it("collapses into one job while it waits", async () => {
    for (const id of ["1", "1", "2", "1"]) await services.queue.ring(job, { id });
    expect(await services.redis.llen("whs:test-job:wait")).toBe(2);
  });

  it("neither rejects nor hangs when Redis refuses connections", async () => {
    const queue = createQueue({ redisUrl: "redis://127.0.0.1:1", log: services.log.child({}, { level: "silent" }) });
    await Promise.all(Array.from({ length: 50 }, () => queue.ring(job, { id: "1" })));
    await queue.close();
  });

  it("neither rejects nor hangs when Redis accepts and says nothing", async () => {
    const mute: Server = createServer(() => {}).listen(0, "127.0.0.1");
    await new Promise((resolve) => mute.once("listening", resolve));
    const { port } = mute.address() as { port: number };
    const queue = createQueue({ redisUrl: `redis://127.0.0.1:${port}`, log: services.log.child({}, { level: "silent" }) });
    await queue.ring(job, { id: "1" });
    await queue.close();
    mute.close();
  });
});
