// The whole house for a test file: real PostgreSQL clone, real Redis, real vault and blobs; time and mail in the test's hands.
import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { Redis } from "ioredis";
import { inject } from "vitest";
import type { Db } from "~/db/client";
import { openTestDatabase, type TestDatabase } from "~/db/testing";
import { openVault } from "~/server/audit/open-vault";
import { drainKeyUses } from "~/server/auth/key-uses";
import type { Config } from "~/server/config";
import { drainCredentialUses } from "~/server/credentials/note-credential-use";
import { createLog } from "~/server/log";
import { createCarrier } from "~/server/mail/create-carrier";
import { createPayments } from "~/server/payments/create-payments";
import type { ProviderRegistry } from "~/server/providers/provider";
import { createQueue } from "~/server/queue/create-queue";
import type { Queue } from "~/server/queue/queue";
import type { Services } from "~/server/services";
import { createBlobStore } from "~/server/storage/create-blob-store";
import type { Vault } from "~/server/vault/vault";
import { type CapturingMailer, createCapturingMailer } from "./capturing-mailer";
import { createManualClock, type ManualClock } from "./manual-clock";
import { createProviderRegistry } from "./provider-registry";
import { createRecordingQueue, type RecordingQueue } from "./recording-queue";
import { createTestConfig } from "./test-config";

export type TestServices = Services & {
  clock: ManualClock;
  mailer: CapturingMailer;
  queue: RecordingQueue;
  /** The owner's handle on the same database: sees every row. */
  owner: TestDatabase["owner"];
  /** A private directory, removed by `dispose()`. */
  directory: string;
  /** Empties the tables and this worker's Redis; forgets mails and rings. */
  reset(): Promise<void>;
  /** Ends every connection, drops the database, removes the files. */
  dispose(): Promise<void>;
};

export type TestServicesOptions = {
  config?: Partial<Config>;
  providers?: ProviderRegistry;
  /** `bullmq`: rings reach Redis, for tests of workers; `queue.rung` then stays empty. */
  queue?: "recording" | "bullmq";
  now?: Date;
};

/** Call it in `beforeAll`, and `dispose()` in `afterAll`. */
export async function createTestServices(options: TestServicesOptions = {}): Promise<TestServices> {
  const database = await openTestDatabase();
  const directory = mkdtempSync(path.join(inject("testGround").directory, "files/t-"));
  const redisUrl = workerRedisUrl();
  const redis = new Redis(redisUrl, { lazyConnect: true });
  await redis.connect();
  await redis.flushdb();
  const config = createTestConfig({ databaseUrl: database.url, redisUrl, dataDir: directory }, options.config);
  const log = createLog({ program: "test", level: config.logLevel });
  const clock = createManualClock(options.now);
  const queue = createTestQueue(options.queue ?? "recording", () => createQueue({ redisUrl, log }));
  const vault = openVault({ config, log, across: database.across, forVault: database.forVault, clock });
  const carrier = createCarrier({ config, log });
  const mailer = createCapturingMailer({ config, vault, queue, log, clock, carrier });
  const services: Services = {
    config,
    log,
    clock,
    db: database.app,
    across: database.across,
    redis,
    queue,
    blobs: createBlobStore({ directory: path.join(directory, "blobs") }),
    vault,
    mailer,
    payments: createPayments({ config, log }),
    providers: options.providers ?? createProviderRegistry(),
  };
  return Object.assign(services, {
    clock,
    mailer,
    queue,
    owner: database.owner,
    directory,
    reset: async () => {
      await forgetDataKeys(vault, database.owner);
      await Promise.all([database.empty(), redis.flushdb()]);
      mailer.sent.length = 0;
      queue.rung.length = 0;
    },
    dispose: async () => {
      carrier?.close();
      await drainKeyUses(services);
      await drainCredentialUses(services);
      await queue.close();
      await redis.quit();
      await database.dispose();
      rmSync(directory, { recursive: true, force: true });
    },
  });
}

/** The vault trusts a key that it read for a second of the manual clock, which does not pass between two tests. */
async function forgetDataKeys(vault: Vault, owner: Db): Promise<void> {
  const rows = await owner.selectFrom("dataKeys").select("ownerId").execute();
  for (const { ownerId } of rows) await vault.destroyDataKey(ownerId);
}

/** One logical database per worker process, so that files running side by side do not meet. */
function workerRedisUrl(): string {
  return `${inject("testGround").redisUrl}?db=${process.env["VITEST_POOL_ID"] ?? "0"}`;
}

function createTestQueue(kind: "recording" | "bullmq", openReal: () => Queue): RecordingQueue {
  const recording = createRecordingQueue();
  if (kind === "recording") return recording;
  const real = openReal();
  return { rung: recording.rung, ring: (job, payload) => real.ring(job, payload), close: () => real.close() };
}
