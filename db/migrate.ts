// Brings a database to the newest schema; safe to run from several processes at once.
import { type Migration, Migrator } from "kysely";
import type { Db } from "./client";
import * as m0001 from "./migrations/0001-identity";
import * as m0002 from "./migrations/0002-agents";
import * as m0003 from "./migrations/0003-usage";
import * as m0004 from "./migrations/0004-row-level-security";
import * as m0005 from "./migrations/0005-step-up";
import * as m0006 from "./migrations/0006-audit-chain";
import * as m0007 from "./migrations/0007-external-identities";
import * as m0008 from "./migrations/0008-second-factors";
import * as m0009 from "./migrations/0009-memberships";
import * as m0010 from "./migrations/0010-api-keys";
import * as m0011 from "./migrations/0011-incidents";
import * as m0012 from "./migrations/0012-billing";
import * as m0013 from "./migrations/0013-sign-up-wishes";
import * as m0014 from "./migrations/0014-billing-hardened";
import * as m0016 from "./migrations/0016-idempotency-keys";
import * as m0018 from "./migrations/0018-variables-and-pruned-versions";
import * as m0019 from "./migrations/0019-key-rotation";
import * as m0020 from "./migrations/0020-agent-secret-versions";
import * as m0022 from "./migrations/0022-github-sources";
import * as m0023 from "./migrations/0023-runtimes";
import * as m0024 from "./migrations/0024-usage-grains";
import * as m0025 from "./migrations/0025-budgets";
import * as m0026 from "./migrations/0026-signed-calls";
import * as m0027 from "./migrations/0027-data-key-renewal";
import * as m0028 from "./migrations/0028-uncount-recovered-calls";
import * as m0029 from "./migrations/0029-alerts-and-webhooks";
import * as m0030 from "./migrations/0030-agent-logs";
import * as m0031 from "./migrations/0031-conversations";
import * as m0032 from "./migrations/0032-meter";
import * as m0033 from "./migrations/0033-installation-accounts";
import * as m0034 from "./migrations/0034-looking-back";
import * as m0035 from "./migrations/0035-limits-of-agents";
import * as m0037 from "./migrations/0037-assumed-tokens";
import * as m0038 from "./migrations/0038-sealed-addresses";
import * as m0039 from "./migrations/0039-telemetry-groups";
import * as m0040 from "./migrations/0040-call-groups";
import * as m0042 from "./migrations/0042-slack-endpoints";

export const migrations: Record<string, Migration> = {
  "0001-identity": m0001,
  "0002-agents": m0002,
  "0003-usage": m0003,
  "0004-row-level-security": m0004,
  "0005-step-up": m0005,
  "0006-audit-chain": m0006,
  "0007-external-identities": m0007,
  "0008-second-factors": m0008,
  "0009-memberships": m0009,
  "0010-api-keys": m0010,
  "0011-incidents": m0011,
  "0012-billing": m0012,
  "0013-sign-up-wishes": m0013,
  "0014-billing-hardened": m0014,
  "0016-idempotency-keys": m0016,
  "0018-variables-and-pruned-versions": m0018,
  "0019-key-rotation": m0019,
  "0020-agent-secret-versions": m0020,
  "0022-github-sources": m0022,
  "0023-runtimes": m0023,
  "0024-usage-grains": m0024,
  "0025-budgets": m0025,
  "0026-signed-calls": m0026,
  "0027-data-key-renewal": m0027,
  "0028-uncount-recovered-calls": m0028,
  "0029-alerts-and-webhooks": m0029,
  "0030-agent-logs": m0030,
  "0031-conversations": m0031,
  "0032-meter": m0032,
  "0033-installation-accounts": m0033,
  "0034-looking-back": m0034,
  "0035-limits-of-agents": m0035,
  "0037-assumed-tokens": m0037,
  "0038-sealed-addresses": m0038,
  "0039-telemetry-groups": m0039,
  "0040-call-groups": m0040,
  "0042-slack-endpoints": m0042,
};

/** Runs what is missing, in order, under an advisory lock. Takes a handle of role `owner`. Returns the names that ran. */
export async function migrateToLatest(db: Db): Promise<string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error, results } = await migrator.migrateToLatest();
  if (error) {
    const failed = results?.find((result) => result.status === "Error");
    throw new Error(`The database could not be migrated${failed ? ` (${failed.migrationName})` : ""}.`, { cause: error });
  }
  return (results ?? []).filter((result) => result.status === "Success").map((result) => result.migrationName);
}
