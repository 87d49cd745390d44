// Builds the real Services of one process from its configuration, and takes them down again.
import path from "node:path";
import { Redis } from "ioredis";
import { openDb, type PoolCounts } from "~/db/client";
import { openVault } from "./audit/open-vault";
import { systemClock } from "./clock";
import type { Config } from "./config";
import { drainCredentialUses } from "./credentials/note-credential-use";
import { createLog, type Log } from "./log";
import { createCarrier } from "./mail/create-carrier";
import { createMailer } from "./mail/create-mailer";
import { noteStatement } from "./observability/note-statement";
import { TracedRedis } from "./observability/traced-redis";
import { createPayments } from "./payments/create-payments";
import { createProviders } from "./providers/create-providers";
import type { OpenGrant } from "./providers/provider";
import { createQueue } from "./queue/create-queue";
import { openForDeploy } from "./secrets/open-for-deploy";
import type { Services } from "./services";
import { createBlobStore } from "./storage/create-blob-store";

/** Milliseconds a command waits for Redis, which holds caches and signals only: nothing may hang on it. */
const redisCommandTimeoutMs = 2_000;
/** The vault is asked from within transactions: were its reads to wait for their connections, all could wait for ever. */
const vaultConnectionsMax = 2;

export type ProcessServices = Services & {
  /** By role, for whoever watches the process. */
  pools: ReadonlyMap<string, PoolCounts>;
  /** Ends every connection; call it after the doors are closed. Safe to call twice. */
  close(): Promise<void>;
};

/** `program` (web, worker, …) is on every log line. Opens nothing before the first use, so it cannot fail on a server that is away. */
export function createServices(config: Config, options: { program: string; log?: Log }): ProcessServices {
  const log = options.log ?? createLog({ program: options.program, level: config.logLevel });
  const isTraced = config.tracing.collector !== null;
  const pools = new Map<string, PoolCounts>();
  const open = (role: "app" | "across", name: string = role, connectionsMax = config.databaseConnections) =>
    openDb({
      url: config.databaseUrl,
      role,
      connectionsMax,
      onOpened: (pool) => pools.set(name, pool),
      ...(isTraced ? { onStatement: (statement) => noteStatement(role, statement) } : {}),
      onIdleError: (error) => log.warn({ err: error, role }, "an idle connection to PostgreSQL broke"),
    });
  const [db, across, forVault] = [open("app"), open("across"), open("across", "vault", vaultConnectionsMax)];
  const redis = openRedis(config.redisUrl, { log, isTraced });
  const queue = createQueue({ redisUrl: config.redisUrl, log });
  const vault = openVault({ config, log, across, forVault, clock: systemClock });
  const carrier = createCarrier({ config, log });
  const openGrant: OpenGrant = (deploymentId, asked) =>
    openForDeploy({ config, across, vault, clock: systemClock }, deploymentId, asked);
  let closing: Promise<void> | null = null;
  return {
    pools,
    config,
    log,
    clock: systemClock,
    db,
    across,
    redis,
    queue,
    blobs: createBlobStore({ directory: path.join(config.dataDir, "blobs") }),
    vault,
    mailer: createMailer({ config, vault, queue, log, clock: systemClock, carrier }),
    payments: createPayments({ config, log }),
    providers: createProviders({ config, log, openGrant }),
    close: () => {
      closing ??= closeAll([
        async () => carrier?.close(),
        () => queue.close(),
        () => drainCredentialUses({ across }),
        async () => redis.disconnect(),
        () => db.destroy(),
        () => across.destroy(),
        () => forVault.destroy(),
      ]);
      return closing;
    },
  };
}

function openRedis(url: string, { log, isTraced }: { log: Log; isTraced: boolean }): Redis {
  const redis = new (isTraced ? TracedRedis : Redis)(url, {
    commandTimeout: redisCommandTimeoutMs,
    maxRetriesPerRequest: 1,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 2_000),
  });
  redis.on("error", (error) => log.warn({ err: error }, "the connection to Redis is troubled"));
  return redis;
}

/** One after the other; a failure of one must not keep the others open. */
async function closeAll(steps: (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) await step().catch((error) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, "Some connections could not be closed.");
}
