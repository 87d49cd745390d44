// Another process of the same installation, as a test needs it: connections of its own to the same database and Redis.
import path from "node:path";
import { Redis } from "ioredis";
import { openDb } from "~/db/client";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import type { TestServices } from "./test-services";

export type FurtherProcess = { services: Services; close(): Promise<void> };

/** `redis: "away"`: nothing is heard and nothing can be said, as when it is down. The queue keeps its own connection. */
export function openFurtherProcess(services: TestServices, options: { redis: "same" | "away" }): FurtherProcess {
  const { databaseUrl: url, redisUrl } = services.config;
  const open = (role: "app" | "across") => openDb({ url, role, connectionsMax: 10 });
  const [db, across] = [open("app"), open("across")];
  const redis = new Redis(options.redis === "same" ? redisUrl : "redis://127.0.0.1:1", {
    commandTimeout: 500,
    maxRetriesPerRequest: 1,
    // Away means refused at once: what waits for Redis is tested elsewhere.
    enableOfflineQueue: options.redis === "same",
  });
  redis.on("error", () => undefined);
  const config = { ...services.config, controlSocket: path.join(services.directory, `${newId("trace").slice(-8)}.sock`) };
  return {
    services: { ...services, config, db, across, redis },
    close: async () => {
      redis.disconnect();
      await Promise.all([db.destroy(), across.destroy()]);
    },
  };
}
