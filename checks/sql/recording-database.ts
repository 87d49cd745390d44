// A database that answers nothing of its own: it writes down the SQL it is given, as the real one would receive it.
import {
  CamelCasePlugin,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type KyselyPlugin,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";
import type { Schema } from "~/db/schema";

export type Recording = { db: Kysely<Schema>; statements: string[] };

/**
 * Every statement answers one row whose every column holds a word, so that a query with several steps goes on; or no row, as an
 * empty database does.
 */
export function createRecordingDatabase({ isEmpty = false } = {}): Recording {
  const statements: string[] = [];
  const db = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => recordingDriver(statements),
      createIntrospector: (inner) => new PostgresIntrospector(inner),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true }), ...(isEmpty ? [] : [oneRow])],
  });
  return { db, statements };
}

function recordingDriver(statements: string[]): Driver {
  const connection: DatabaseConnection = {
    executeQuery: async <Row>(query: { sql: string }): Promise<QueryResult<Row>> => {
      statements.push(query.sql);
      return { rows: [], numAffectedRows: 1n };
    },
    async *streamQuery(query) {
      statements.push(query.sql);
      yield { rows: [] };
    },
  };
  const nothing = async () => undefined;
  return {
    init: nothing,
    acquireConnection: async () => connection,
    beginTransaction: nothing,
    commitTransaction: nothing,
    rollbackTransaction: nothing,
    releaseConnection: nothing,
    destroy: nothing,
  };
}

const anyRow = new Proxy(
  {},
  { get: (_, column) => (typeof column === "symbol" || column === "then" ? undefined : `<${column}>`), has: () => true },
);

const oneRow: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  transformResult: async ({ result }) => ({ ...result, rows: [anyRow] }),
};
