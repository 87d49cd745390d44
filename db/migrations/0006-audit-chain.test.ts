// From the release before: entries that were there are linked in their order, and what an old process still writes is not lost.
import { randomBytes } from "node:crypto";
import { Migrator, sql } from "kysely";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { type AuditContent, contentHashOf, genesisHash, linkHashOf } from "../audit-chain";
import { type Db, openDb } from "../client";
import { migrateToLatest, migrations } from "../migrate";

let name: string;
let owner: Db;

beforeEach(async () => {
  name = `test_${randomBytes(8).toString("hex")}`;
  await asAdmin(`create database ${name}`);
  const url = Object.assign(new URL(inject("testGround").adminUrl), { pathname: `/${name}` }).href;
  owner = openDb({ url, role: "owner", connectionsMax: 4 });
  const migrator = new Migrator({ db: owner, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateTo("0005-step-up");
  expect(error).toBeUndefined();
});

afterEach(async () => {
  await owner.destroy();
  await asAdmin(`drop database ${name} with (force)`);
});

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject("testGround").adminUrl });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** As the release before wrote them: no hash, and microseconds by the database's clock. */
async function writeAsBefore(chain: string, count: number): Promise<void> {
  await sql`
    insert into audit_entries (id, workspace_id, actor_kind, action, metadata, created_at)
    select ${chain} || '-' || n, ${chain}, 'system', 'agent.create',
      jsonb_build_object('n', n, 'tiny', 1e-7, 'huge', 1e21, 'text', E'"\\u2028\\u00e9'), now() - n * interval '1.000457 s'
    from generate_series(1, ${count}) n`.execute(owner);
}

type Linked = AuditContent & { position: number; contentHash: Buffer; hash: Buffer };

async function linksOf(chain: string): Promise<Linked[]> {
  const { rows } = await sql<Linked>`
    select entry.*, link.position, link.content_hash, link.hash from audit_links link join audit_entries entry on entry.id = link.entry_id
    where link.workspace_id = ${chain} order by link.position`.execute(owner);
  return rows;
}

describe("an upgraded installation", () => {
  it("has every entry in its chain, in the order they were written, hashed as they read back", async () => {
    await writeAsBefore("wks_1", 2_500);
    await writeAsBefore("platform", 3);
    await migrateToLatest(owner);
    for (const [chain, count] of [["wks_1", 2_500] as const, ["platform", 3] as const]) {
      const links = await linksOf(chain);
      expect(links.map((link) => link.id)).toEqual(Array.from({ length: count }, (_, n) => `${chain}-${n + 1}`));
      let previous = genesisHash;
      for (const [index, link] of links.entries()) {
        expect(link.contentHash).toEqual(contentHashOf(link));
        previous = linkHashOf(previous, index + 1, link.contentHash);
        expect([link.position, link.hash]).toEqual([index + 1, previous]);
      }
      const head = await owner.selectFrom("auditHeads").selectAll().where("workspaceId", "=", chain).executeTakeFirstOrThrow();
      expect(head).toEqual({ workspaceId: chain, position: count, hash: previous });
    }
  });

  it("takes what a process of the release before still writes, unlinked, for the sweep to find", async () => {
    await migrateToLatest(owner);
    await writeAsBefore("wks_1", 1);
    expect(await owner.selectFrom("auditEntries").select(["id", "contentHash"]).execute()).toEqual([
      { id: "wks_1-1", contentHash: null },
    ]);
    expect(await linksOf("wks_1")).toEqual([]);
  });
});
