// What operators and load balancers ask: is the process alive, and can it do its work (MISSION G7).

import type { FastifyInstance } from "fastify";
import { sql } from "kysely";
import { AppError, toEnvelope } from "~/server/errors";
import { findMissingKeys } from "~/server/rotation/find-missing-keys";
import type { Services } from "~/server/services";
import type { Door } from "./door";

const checkTimeoutMs = 2_000;

type Check = { name: string; isUp: boolean };

export function mountHealth(app: FastifyInstance, door: Door): void {
  app.get("/healthz", async () => ({ status: "ok" }));
  app.get("/readyz", async (request, reply) => {
    const checks = await runChecks(door.services);
    const missing = checks.filter((check) => !check.isUp).map((check) => check.name);
    if (door.closing.aborted) missing.push("this process, which is shutting down");
    const summary = Object.fromEntries(checks.map((check) => [check.name, check.isUp ? "up" : "down"]));
    if (missing.length === 0) return { status: "ready", checks: summary };
    const error = new AppError("INTERNAL", `Not ready: ${missing.join(", ")}.`, { retryable: true });
    return reply.code(503).send({ ...toEnvelope(error, request.id), checks: summary });
  });
}

function runChecks(services: Services): Promise<Check[]> {
  // A cloud that is down takes its own agents down, and no process of ours out of its load balancer: the worker watches those.
  const own = services.providers.list().filter((provider) => provider.runtime === "embedded");
  const runtimes = own.map((provider) =>
    check("agent-host", async () => {
      const health = await provider.health();
      if (health.status === "down") throw new Error(health.detail);
    }),
  );
  return Promise.all([
    check("postgresql", () => sql`select 1`.execute(services.db)),
    check("redis", () => services.redis.ping()),
    check("sealing-keys", async () => {
      const missing = await findMissingKeys(services);
      if (missing.length > 0) throw new Error(`${missing.join(", ")} wraps data keys and is not configured`);
    }),
    ...runtimes,
  ]);
}

/** Why a check failed is for the log of whatever failed; the answer says only which. */
async function check(name: string, run: () => Promise<unknown>): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} did not answer in ${checkTimeoutMs} ms`)), checkTimeoutMs);
  });
  try {
    await Promise.race([run(), late]);
    return { name, isUp: true };
  } catch {
    return { name, isUp: false };
  } finally {
    clearTimeout(timer);
  }
}
