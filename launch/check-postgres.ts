// Whether the PostgreSQL behind DATABASE_URL is there and new enough.
import pg from "pg";
import { LaunchProblem } from "./problem";

const versionMin = 150_000;

/** Throws {@link LaunchProblem} with host and mend; never with the password. */
export async function assertPostgresUsable(databaseUrl: string): Promise<void> {
  const place = placeOf(databaseUrl);
  const version = await readVersion(databaseUrl, place);
  if (version < versionMin)
    throw new LaunchProblem(
      `The PostgreSQL at ${place} is version ${Math.floor(version / 10_000)}, and 15 or newer is needed: point DATABASE_URL at a newer server.`,
    );
}

async function readVersion(databaseUrl: string, place: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version_num: string }>("show server_version_num");
    return Number(rows[0]?.server_version_num);
  } catch (cause) {
    const reason = cause instanceof Error && cause.message ? cause.message : String((cause as NodeJS.ErrnoException).code);
    throw new LaunchProblem(
      `DATABASE_URL is set, but the PostgreSQL at ${place} does not answer (${reason}): start it, correct DATABASE_URL, or unset it to use the embedded one.`,
      { cause },
    );
  } finally {
    await client.end().catch(() => {});
  }
}

function placeOf(databaseUrl: string): string {
  try {
    const url = new URL(databaseUrl);
    return `${url.hostname || "localhost"}:${url.port || "5432"}${url.pathname}`;
  } catch (cause) {
    throw new LaunchProblem("DATABASE_URL is not an address: write it as postgres://user:password@host:5432/database.", {
      cause,
    });
  }
}
