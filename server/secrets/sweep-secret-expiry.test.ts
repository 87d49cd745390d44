// Reminders: 14 days, 3 days and on the day before a secret expires, once each, to those who may set it, and nothing stops.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Role } from "~/db/tables/memberships";
import { addTestMember, createTestAgent, createTestTenant, createTestUser } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { setSecret } from "./set-secret";
import { setSecretExpiry } from "./set-secret-expiry";
import { sweepSecretExpiry } from "./sweep-secret-expiry";
import { unsetSecret } from "./unset-secret";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

const dayMs = 86_400_000;
const inDays = (days: number) => new Date(services.clock.now().getTime() + days * dayMs).toISOString();

async function createSecret(days: number, name = "API_KEY") {
  const tenant = await createTestTenant(services);
  const agent = await createTestAgent(services, tenant.workspace);
  const set = (expiresAt: string | null = inDays(days), named = name) =>
    setSecret(services, tenant.scope, { agentId: agent.id, name: named, value: "canary-value", expiresAt });
  await set();
  return { ...tenant, agent, set, secret: { agentId: agent.id, name } };
}

/** What one sweep sends: recipients and subjects. */
async function sweep(): Promise<{ to: string; subject: string }[]> {
  services.mailer.sent.length = 0;
  await sweepSecretExpiry(services);
  return services.mailer.sent.map(({ to, subject }) => ({ to, subject }));
}

describe("a reminder", () => {
  it("comes 14 days and 3 days before and on the day, once each, and never holds the value", async () => {
    const { user, agent } = await createSecret(20);
    expect(await sweep()).toEqual([]);
    const soon = { to: user.email, subject: `API_KEY of ${agent.name} expires soon` };
    const said: unknown[] = [];
    for (const [days, expected] of [
      [7, [soon]],
      [10, [soon]],
      [3, [{ ...soon, subject: `API_KEY of ${agent.name} expired` }]],
      [30, []],
    ] as const) {
      services.clock.advance(days * dayMs);
      expect(await sweep()).toEqual(expected);
      said.push(...services.mailer.sent);
      expect(await sweep()).toEqual([]);
    }
    expect(JSON.stringify(said)).not.toContain("canary-value");
    const acts = await services.owner
      .selectFrom("auditEntries")
      .select(["actorKind", "metadata"])
      .where("action", "=", "secret.expiry_reminded")
      .execute();
    expect(acts).toHaveLength(3);
    expect(acts[0]).toMatchObject({ actorKind: "system", metadata: { names: ["API_KEY"], letters: 1 } });
  });

  it("that was missed is not made up for: only the last one due is sent", async () => {
    await createSecret(2);
    expect(await sweep()).toHaveLength(1);
    services.clock.advance(2 * dayMs);
    expect(await sweep()).toHaveLength(1);
    expect(await sweep()).toEqual([]);
  });

  it("is one letter for several secrets of an agent", async () => {
    const { agent, set } = await createSecret(10);
    await set(inDays(1), "OTHER_KEY");
    expect(await sweep()).toMatchObject([{ subject: `2 secrets of ${agent.name} expire soon` }]);
    expect(services.mailer.sent[0]?.text).toMatch(/OTHER_KEY.*API_KEY/s);
  });

  it("comes anew for a new date, and not at all for a value that was replaced, unset, or does not expire", async () => {
    const { scope, secret, set } = await createSecret(10);
    expect(await sweep()).toHaveLength(1);
    await setSecretExpiry(services, scope, { ...secret, expiresAt: inDays(2) });
    expect(await sweep()).toHaveLength(1);
    await set(null);
    services.clock.advance(5 * dayMs);
    expect(await sweep()).toEqual([]);
    await setSecretExpiry(services, scope, { ...secret, expiresAt: inDays(1) });
    await unsetSecret(services, scope, secret);
    expect(await sweep()).toEqual([]);
    await expect(setSecretExpiry(services, scope, { ...secret, expiresAt: null })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("goes to those who may set secrets: by their role, or as it was granted or withheld", async () => {
    const { workspace, user, scope } = await createSecret(10);
    const join = async (role: Role, isGranted?: boolean) => {
      const person = await createTestUser(services);
      await addTestMember(services, workspace, person, role);
      const grant = { workspaceId: workspace.id, userId: person.id, area: "agent_behaviour", setBy: user.id } as const;
      if (isGranted !== undefined)
        await services.owner
          .insertInto("memberGrants")
          .values({ ...grant, isGranted })
          .execute();
      return person.email;
    };
    const [admin, member, granted] = [await join("admin"), await join("member"), await join("viewer", true)];
    for (const refused of [() => join("support"), () => join("viewer"), () => join("member", false)]) await refused();
    expect((await sweep()).map(({ to }) => to).sort()).toEqual([user.email, admin, member, granted].sort());
    expect(scope.workspaceId).toBe(workspace.id);
  });

  it("of ten racing sweeps is sent by exactly one", async () => {
    await createSecret(10);
    services.mailer.sent.length = 0;
    await Promise.all(Array.from({ length: 10 }, () => sweepSecretExpiry(services)));
    expect(services.mailer.sent).toHaveLength(1);
  });
});
