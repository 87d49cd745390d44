// What gateways are measured on: a PostgreSQL and a Redis of their own, an agent in them, and the product's gateway in a process of its own.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Db, openDb } from "~/db/client";
import { migrateToLatest } from "~/db/migrate";
import { buildPrograms, programFile } from "~/launch/build-programs";
import { ensurePostgres } from "~/launch/postgres";
import { ensureRedis } from "~/launch/redis";
import { keepSecrets } from "~/launch/secrets";
import { type Callable, growCallable } from "~/server/testing/grow-callable";
import { type Running, startProgram } from "./processes";

export type Ground = {
  folder: string;
  owner: Db;
  redisUrl: string;
  agent: Callable;
  /** Where the stand-in for the agent host listens. */
  upstreamSocket: string;
  startGateway(env?: Record<string, string>): Promise<Running<{ url: string }>>;
  close(): Promise<void>;
};

export async function openGround(name: string): Promise<Ground> {
  await buildPrograms({ "bench-web": "server/testing/gateway-program.ts" });
  const folder = mkdtempSync(path.join(os.tmpdir(), `whs-${name}-`));
  chmodSync(folder, 0o711);
  const postgres = await ensurePostgres({ directory: path.join(folder, "postgres"), durable: true, connectionsMax: 60 });
  const redis = await ensureRedis({
    directory: path.join(folder, "redis"),
    runDirectory: folder,
    cacheDirectory: path.resolve(".cache"),
    durable: true,
    progress: () => undefined,
  });
  const owner = openDb({ url: postgres.url, role: "owner", connectionsMax: 2 });
  await migrateToLatest(owner);
  const agent = await growCallable(owner);
  mkdirSync(path.join(folder, "data"));
  const { secrets } = keepSecrets(path.join(folder, "data"), {});
  const upstreamSocket = path.join(folder, "host.sock");
  const places = {
    HOST: "127.0.0.1",
    PORT: "0",
    DATA_DIR: path.join(folder, "data"),
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    AGENT_HOST_SOCKET: upstreamSocket,
    CONTROL_SOCKET: path.join(folder, "control.sock"),
    LOG_LEVEL: "warn",
    NODE_ENV: "production",
  };
  return {
    folder,
    owner,
    redisUrl: redis.url,
    agent,
    upstreamSocket,
    startGateway: (env = {}) => startProgram(programFile("bench-web"), [], { ...places, ...(secrets as object), ...env }),
    close: async () => {
      await owner.destroy();
      await Promise.all([redis.stop(), postgres.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
