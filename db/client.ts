// Opens PostgreSQL under one of three roles: owner (migrations), app (bound by row-level security), across (workers, gateway).
import { CamelCasePlugin, Kysely, type LogEvent, PostgresDialect } from "kysely";
import pg from "pg";
import { nameStatement, type Statement } from "./name-statement";
import type { Schema } from "./schema";

export type Db = Kysely<Schema>;

/** `owner` keeps the login's own rights; the other two are set at connection time and cannot change the schema. */
export type DbRole = "owner" | "app" | "across";

/** How many connections there are, how many of them idle, and how many wait for one. */
export type PoolCounts = { readonly totalCount: number; readonly idleCount: number; readonly waitingCount: number };

export type OpenDbOptions = {
  url: string;
  role: DbRole;
  /** Most connections this handle may hold. */
  connectionsMax: number;
  /** A statement that runs longer is cancelled by the server. */
  statementTimeoutMs?: number;
  /** Called for a connection that breaks while idle; without it such a break would end the process. */
  onIdleError?: (error: Error) => void;
  /** Gets the pool to look at its counts, whenever. */
  onOpened?: (pool: PoolCounts) => void;
  /** Told of each statement when it is over, in the words of name-statement.ts. */
  onStatement?: (statement: Statement) => void;
};

const int8 = 20;
const numeric = 1700;

const types = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    if (oid === int8 || oid === numeric) return Number;
    return pg.types.getTypeParser(oid, format as "text");
  },
} as pg.CustomTypesConfig;

/** Opens a pool; close it with `db.destroy()`. int8 and numeric arrive as numbers: every such column stays below 2^53. */
export function openDb(options: OpenDbOptions): Db {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connectionsMax,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    ...(options.role === "owner" ? {} : { options: `-c role=whs_${options.role}` }),
    types,
    ...(options.role === "owner" ? {} : { verify: refuseOtherRole(`whs_${options.role}`) }),
  } as pg.PoolConfig);
  options.onOpened?.(pool);
  pool.on("error", (error) => options.onIdleError?.(error));
  // One that breaks while in use tells whoever asks it next; without a listener such a break would end the process as well.
  pool.on("connect", (client) => client.on("error", () => undefined));
  const { onStatement } = options;
  return new Kysely<Schema>({
    ...(onStatement ? { log: (event: LogEvent) => onStatement(nameStatement(event)) } : {}),
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
}

type Verified = (error?: Error) => void;

/**
 * Asked of each new connection before its first use (pg-pool's `verify`): a pooler that drops start-up options would else hand
 * out connections that row-level security does not bind.
 */
function refuseOtherRole(role: string) {
  return (client: pg.ClientBase, done: Verified): void => {
    client
      .query<{ current_user: string }>("select current_user")
      .then(
        ({ rows }) => done(rows[0]?.current_user === role ? undefined : new Error(roleProblem(role, rows[0]?.current_user))),
        done,
      );
  };
}

function roleProblem(role: string, actual: string | undefined): string {
  return `PostgreSQL runs this connection as ${actual}, not as ${role}. A pooler in between may drop start-up options: let it pass "options", or connect directly.`;
}
