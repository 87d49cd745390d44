// What verbs may need, as one plain object. A verb takes `Pick<Services, …>` of it.
import type { Redis } from "ioredis";
import type { Db } from "~/db/client";
import type { Clock } from "./clock";
import type { Config } from "./config";
import type { Log } from "./log";
import type { Mailer } from "./mail/mailer";
import type { Payments } from "./payments/payments";
import type { ProviderRegistry } from "./providers/provider";
import type { Queue } from "./queue/queue";
import type { BlobStore } from "./storage/blob-store";
import type { Vault } from "./vault/vault";

export type Services = {
  config: Config;
  log: Log;
  clock: Clock;
  /** Bound by row-level security: use it through `inWorkspace`. */
  db: Db;
  /** Not bound: sign-in, workers, gateway, telemetry. Its queries end in `AcrossWorkspaces` or carry explicit keys. */
  across: Db;
  /** Pub/sub and caches; never the truth. */
  redis: Redis;
  queue: Queue;
  blobs: BlobStore;
  vault: Vault;
  mailer: Mailer;
  /** Null: billing is off. */
  payments: Payments | null;
  providers: ProviderRegistry;
};
