// How what a process leans on is doing: its connections to PostgreSQL and Redis.
import type { Meter } from "@opentelemetry/api";
import type { PoolCounts } from "~/db/client";
import type { Services } from "~/server/services";

export function observeServices(meter: Meter, { redis }: Pick<Services, "redis">, pools: ReadonlyMap<string, PoolCounts>): void {
  const connections = meter.createObservableGauge("whs.db.connections", {
    description: "Connections to PostgreSQL; those that wait for one too.",
  });
  connections.addCallback((result) => {
    for (const [role, { totalCount, idleCount, waitingCount }] of pools) {
      result.observe(totalCount - idleCount, { role, state: "used" });
      result.observe(idleCount, { role, state: "idle" });
      result.observe(waitingCount, { role, state: "waiting" });
    }
  });
  const isUp = meter.createObservableGauge("whs.redis.up", { description: "Whether Redis is connected." });
  isUp.addCallback((result) => result.observe(redis.status === "ready" ? 1 : 0));
}
