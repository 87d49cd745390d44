// The audit log: append-only for everybody, bound to its workspace, free of secrets.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inTransaction, inWorkspace } from "~/db/transaction";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { listAudit } from "./list-audit";
import { recordAudit, recordPlatformAudit, recordWorkspaceAudit } from "./record-audit";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

describe("recording", () => {
  it("says who, what, to what, where from and under which trace", async () => {
    const { scope, user } = await createTestTenant(services);
    const act = { action: "agent.create", targetKind: "agent", targetId: "agt_1", metadata: { name: "bot" } };
    await inWorkspace(services.db, scope, (tx) => recordAudit(tx, scope, act));
    const row = await services.owner.selectFrom("auditEntries").selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      ...act,
      workspaceId: scope.workspaceId,
      actorKind: "user",
      actorId: user.id,
      traceId: scope.traceId,
      ipAddress: "127.0.0.1",
    });
  });

  it("vanishes with the transaction of an act that failed", async () => {
    const { scope } = await createTestTenant(services);
    const failing = inWorkspace(services.db, scope, async (tx) => {
      await recordAudit(tx, scope, { action: "agent.create" });
      throw new Error("the act failed");
    });
    await expect(failing).rejects.toThrow("the act failed");
    expect(await services.owner.selectFrom("auditEntries").selectAll().execute()).toEqual([]);
  });

  it("drops sensitive fields, masks token shapes and cuts long texts", async () => {
    const metadata = { apiKey: "canary", note: "Bearer canary-12345678", deep: { password: "canary" }, long: "x".repeat(2_000) };
    await recordPlatformAudit(services.across, { action: "user.sign_up", actorKind: "anonymous", metadata });
    const row = await services.owner.selectFrom("auditEntries").select("metadata").executeTakeFirstOrThrow();
    expect(JSON.stringify(row)).not.toContain("canary");
    expect(row.metadata).toEqual({ note: "Bearer [redacted]", deep: {}, long: "x".repeat(500) });
  });

  it("cannot be done by the bound role for another workspace or the platform", async () => {
    const [mine, theirs] = [await createTestTenant(services), await createTestTenant(services)];
    const act = { action: "agent.create", actorKind: "system" } as const;
    for (const chain of [theirs.scope.workspaceId, "platform"]) {
      const forging = inWorkspace(services.db, mine.scope, (tx) => recordWorkspaceAudit(tx, chain, act));
      await expect(forging).rejects.toThrow(/row-level security/);
    }
  });
});

describe("what is recorded", () => {
  it("can be neither changed nor removed by either role", async () => {
    const { scope } = await createTestTenant(services);
    await inWorkspace(services.db, scope, (tx) => recordAudit(tx, scope, { action: "agent.create" }));
    const acts = [
      () => inWorkspace(services.db, scope, (tx) => tx.deleteFrom("auditEntries").execute()),
      () => inWorkspace(services.db, scope, (tx) => tx.updateTable("auditEntries").set({ action: "x.y" }).execute()),
      () => inTransaction(services.across, (tx) => tx.deleteFrom("auditEntries").execute()),
      () => inTransaction(services.across, (tx) => tx.updateTable("auditEntries").set({ action: "x.y" }).execute()),
    ];
    for (const act of acts) await expect(act()).rejects.toThrow(/permission denied/);
  });
});

describe("reading", () => {
  it("pages through every entry once, the newest first, and names the actor", async () => {
    const { scope, user } = await createTestTenant(services);
    for (let place = 1; place <= 5; place += 1) {
      const act = { action: place % 2 ? "agent.create" : "secret.set", targetId: `t${place}` };
      await inWorkspace(services.db, scope, (tx) => recordAudit(tx, scope, act));
    }
    const first = await listAudit(services, scope, { limit: 3 });
    const second = await listAudit(services, scope, { limit: 3, cursor: first.nextCursor ?? "" });
    expect([...first.items, ...second.items].map((item) => item.targetId)).toEqual(["t5", "t4", "t3", "t2", "t1"]);
    expect(second.nextCursor).toBeNull();
    expect(first.items[0]?.actorName).toBe(user.displayName);
    const secrets = await listAudit(services, scope, { limit: 25, action: "secret." });
    expect(secrets.items.map((item) => item.targetId)).toEqual(["t4", "t2"]);
    const one = await listAudit(services, scope, { limit: 25, targetId: "t1" });
    expect(one.items).toHaveLength(1);
  });

  it("never shows another workspace's entries", async () => {
    const [mine, theirs] = [await createTestTenant(services), await createTestTenant(services)];
    await inWorkspace(services.db, theirs.scope, (tx) => recordAudit(tx, theirs.scope, { action: "agent.create" }));
    expect((await listAudit(services, mine.scope, { limit: 25 })).items).toEqual([]);
  });

  it("refuses a cursor that is not ours", async () => {
    const { scope } = await createTestTenant(services);
    await expect(listAudit(services, scope, { limit: 25, cursor: "1; drop table" })).rejects.toThrow(/nextCursor/);
  });
});
