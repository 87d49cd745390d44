// The test ground itself: what it promises to every other test.
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inTransaction, inWorkspace } from "~/db/transaction";
import { createTestAgent, createTestTenant } from "./factories";
import { createTestServices, type TestServices } from "./test-services";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

describe("the test ground", () => {
  it("binds the app handle to one workspace and lets the owner see all", async () => {
    const [mine, theirs] = [await createTestTenant(services), await createTestTenant(services)];
    await createTestAgent(services, mine.workspace);
    await createTestAgent(services, theirs.workspace);
    const seen = await inWorkspace(services.db, mine.scope, (tx) => tx.selectFrom("agents").selectAll().execute());
    expect(seen.map((agent) => agent.workspaceId)).toEqual([mine.workspace.id]);
    expect(await services.owner.selectFrom("agents").select("id").execute()).toHaveLength(2);
  });

  it("begins each test with no rows, no keys and no mails", async () => {
    await services.redis.set("left", "over");
    await inTransaction(services.across, (tx) =>
      services.mailer.send(tx, { to: "a@example.test", subject: "s", text: "t", html: "h" }),
    );
    await createTestTenant(services);
    await services.reset();
    expect(await services.owner.selectFrom("users").select("id").execute()).toEqual([]);
    expect(await services.redis.dbsize()).toBe(0);
    expect(services.mailer.sent).toEqual([]);
  });

  it("never lets the app role change the schema", async () => {
    await expect(sql`create table sneaked (id text)`.execute(services.db)).rejects.toThrow(/permission denied/);
  });

  it("seals and opens with the real vault", async () => {
    const place = { ownerId: "platform", kind: "test", id: "1", name: "n", version: 1 };
    expect(await services.vault.open(place, await services.vault.seal(place, "hidden"))).toBe("hidden");
  });
});
