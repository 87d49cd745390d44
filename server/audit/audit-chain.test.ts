// The chain as it grows: gapless under concurrency, gone with what failed, closed to every role, and hashed as it reads back.
import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { contentHashOf, genesisHash, linkHashOf } from "~/db/audit-chain";
import { inTransaction, inWorkspace, type Tx } from "~/db/transaction";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { recordAudit, recordPlatformAudit, recordWorkspaceAudit } from "./record-audit";
import { signChain } from "./sign-chain";
import { sweepAudit } from "./sweep-audit";
import { verifyChain } from "./verify-chain";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

const linksOf = (chain: string) =>
  services.owner.selectFrom("auditLinks").selectAll().where("workspaceId", "=", chain).orderBy("position").execute();
const intact = async (chain: string) => (await verifyChain(services, chain, { after: 0 })).state;
const act = { action: "agent.create", actorKind: "system" } as const;

describe("a chain", () => {
  it("has no gap and no fork after fifty transactions at once", async () => {
    const { scope } = await createTestTenant(services);
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        inWorkspace(services.db, scope, async (tx) => {
          await recordAudit(tx, scope, { action: "agent.create", targetId: `agt_${n}` });
          if (n % 3 === 0) await recordAudit(tx, scope, { action: "agent.update", targetId: `agt_${n}` });
        }),
      ),
    );
    let previous = genesisHash;
    const links = await linksOf(scope.workspaceId);
    expect(links.map((link) => link.position)).toEqual(Array.from({ length: 67 }, (_, n) => n + 1));
    for (const link of links) {
      expect(link.hash).toEqual(linkHashOf(previous, link.position, link.contentHash));
      previous = link.hash;
    }
    expect(await intact(scope.workspaceId)).toBe("intact");
  });

  it("is not waited for by another that is written at the same time, in whatever order a transaction names them", async () => {
    const chains = await Promise.all(Array.from({ length: 3 }, async () => (await createTestTenant(services)).workspace.id));
    for (const chain of chains) await recordWorkspaceAudit(services.across, chain, act);
    await recordPlatformAudit(services.across, act);
    const writing = Array.from({ length: 60 }, (_, n) => {
      const order = [...chains, "platform"].sort((one, other) => (n % 2 ? 1 : -1) * (one < other ? 1 : -1));
      return inTransaction(services.across, async (tx) => {
        for (const chain of n % 3 ? order : order.slice(1)) await recordWorkspaceAudit(tx, chain, act);
      });
    });
    await Promise.all(writing);
    for (const chain of [...chains, "platform"]) expect(await intact(chain)).toBe("intact");
    expect((await services.owner.selectFrom("auditLinks").select("entryId").execute()).length).toBe(4 + 40 * 4 + 20 * 3);
  });

  it("holds its lock only while a transaction ends: an act that is under way keeps nobody out", async () => {
    const { scope } = await createTestTenant(services);
    await inWorkspace(services.db, scope, async (tx) => {
      await recordAudit(tx, scope, { action: "agent.create" });
      await inWorkspace(services.db, scope, (other) => recordAudit(other, scope, { action: "agent.update" }));
    });
    const links = await linksOf(scope.workspaceId);
    const entries = await services.owner.selectFrom("auditEntries").select(["id", "action"]).execute();
    const actionOf = new Map(entries.map((entry) => [entry.id, entry.action]));
    expect(links.map((link) => actionOf.get(link.entryId))).toEqual(["agent.update", "agent.create"]);
  });

  it("knows nothing of an act that failed, or that was taken back to a savepoint", async () => {
    const { scope } = await createTestTenant(services);
    const failing = inWorkspace(services.db, scope, async (tx) => {
      await recordAudit(tx, scope, { action: "agent.create" });
      throw new Error("the act failed");
    });
    await expect(failing).rejects.toThrow("the act failed");
    expect(await linksOf(scope.workspaceId)).toEqual([]);
    await inWorkspace(services.db, scope, async (tx) => {
      await recordAudit(tx, scope, { action: "agent.create" });
      await sql`savepoint before`.execute(tx);
      await recordAudit(tx, scope, { action: "agent.update" });
      await sql`rollback to savepoint before`.execute(tx);
    });
    expect((await linksOf(scope.workspaceId)).length).toBe(1);
    expect(await intact(scope.workspaceId)).toBe("intact");
  });

  it("takes in, at the next sweep, what a process of an older release wrote", async () => {
    const { scope } = await createTestTenant(services);
    await sql`
      insert into audit_entries (id, workspace_id, actor_kind, action, metadata)
      values ('aud_old', ${scope.workspaceId}, 'system', 'agent.create', '{"z": 1, "a": [1.50, 1e-7]}')`.execute(services.across);
    expect(await intact(scope.workspaceId)).toBe("intact");
    expect(await sweepAudit(services)).toEqual({ linked: 1, signed: 1, broken: 0 });
    expect((await linksOf(scope.workspaceId)).map((link) => link.entryId)).toEqual(["aud_old"]);
    expect(await intact(scope.workspaceId)).toBe("intact");
  });
});

describe("the application's roles", () => {
  const statements = (chain: string) => [
    sql`insert into audit_links values (${chain}, 99, 'aud_x', sha256(''), sha256(''))`,
    sql`update audit_links set hash = sha256('')`,
    sql`delete from audit_links`,
    sql`insert into audit_heads values (${chain}, 99, sha256(''))`,
    sql`update audit_heads set position = 1`,
    sql`delete from audit_heads`,
    sql`update audit_checkpoints set hash = sha256('')`,
    sql`delete from audit_checkpoints`,
    sql`update audit_entries set content_hash = null`,
    sql`delete from audit_entries`,
    sql`truncate audit_entries`,
    sql`select append_audit_link(${chain}, 'aud_x', sha256(''))`,
    sql`alter table audit_entries disable trigger link_audit_entry`,
    sql`set local session_replication_role = replica`,
  ];

  it("can change neither entries, links, heads nor checkpoints", async () => {
    const { scope } = await createTestTenant(services);
    await inWorkspace(services.db, scope, (tx) => recordAudit(tx, scope, { action: "agent.create" }));
    await signChain(services, scope.workspaceId);
    const bound = (act: (tx: Tx) => Promise<unknown>) => inWorkspace(services.db, scope, act);
    const across = (act: (tx: Tx) => Promise<unknown>) => inTransaction(services.across, act);
    for (const run of [bound, across]) {
      for (const statement of statements(scope.workspaceId))
        await expect(run((tx) => statement.execute(tx))).rejects.toThrow(/permission denied|must be owner/);
    }
    const forging = sql`insert into audit_checkpoints values (${scope.workspaceId}, 1, sha256(''), now(), sha256(''), sha512(''))`;
    await expect(bound((tx) => forging.execute(tx))).rejects.toThrow("permission denied");
    await expect(bound((tx) => sql`select seal_audit_entry('aud_x', sha256(''))`.execute(tx))).rejects.toThrow(
      "permission denied",
    );
    expect(await intact(scope.workspaceId)).toBe("intact");
  });

  it("see the links, heads and checkpoints of their own workspace only", async () => {
    const [mine, theirs] = [await createTestTenant(services), await createTestTenant(services)];
    for (const { scope } of [mine, theirs]) {
      await inWorkspace(services.db, scope, (tx) => recordAudit(tx, scope, { action: "agent.create" }));
      await signChain(services, scope.workspaceId);
    }
    for (const table of ["auditLinks", "auditHeads", "auditCheckpoints"] as const) {
      const seen = await inWorkspace(services.db, mine.scope, (tx) => tx.selectFrom(table).select("workspaceId").execute());
      expect(seen).toEqual([{ workspaceId: mine.workspace.id }]);
    }
  });
});

describe("what is hashed", () => {
  it("is what reads back from PostgreSQL, whatever an act says of itself", async () => {
    const { scope } = await createTestTenant(services);
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.constant("\ud800\u0000\udfff"));
    const leaf = fc.oneof(
      text,
      fc.double(),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(undefined),
      fc.date(),
    );
    const metadata = fc.dictionary(text, fc.oneof(leaf, fc.array(leaf), fc.dictionary(text, leaf)));
    const said = fc.record({ action: fc.constant("agent.create"), targetId: text, metadata });
    const holds = fc.asyncProperty(fc.array(said, { minLength: 10, maxLength: 40 }), async (acts) => {
      await inWorkspace(services.db, scope, async (tx) => {
        for (const one of acts) await recordAudit(tx, scope, one);
      });
      const rows = await services.owner
        .selectFrom("auditEntries")
        .selectAll()
        .orderBy("seq", "desc")
        .limit(acts.length)
        .execute();
      for (const row of rows) expect(row.contentHash).toEqual(contentHashOf(row));
    });
    await fc.assert(holds, { numRuns: 30 });
    expect(await intact(scope.workspaceId)).toBe("intact");
  });
});
