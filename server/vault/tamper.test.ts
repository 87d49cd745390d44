// Sealed values in the hands of somebody who can write to the database: every byte flipped, rows swapped, old versions replayed.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openForLaunch } from "~/server/secrets/open-for-launch";
import { setSecret } from "~/server/secrets/set-secret";
import { createTestAgent, createTestDeployment, createTestManifest, createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

const name = "OPENAI_API_KEY";
const manifest = createTestManifest({ env: { requiredKeys: [name], optionalKeys: ["OTHER"] } });

async function liveAgent() {
  const tenant = await createTestTenant(services);
  const agent = { ...(await createTestAgent(services, tenant.workspace)), owner: tenant.user };
  const deployment = await createTestDeployment(services, agent, { manifest });
  const set = (value: string, of = name) => setSecret(services, tenant.scope, { agentId: agent.id, name: of, value });
  return { ...tenant, agent, deployment, set };
}

const sealedOf = async (agentId: string, of = name): Promise<Buffer> => {
  const row = await services.owner
    .selectFrom("agentSecrets")
    .select("sealedValue")
    .where("agentId", "=", agentId)
    .where("name", "=", of)
    .executeTakeFirstOrThrow();
  return row.sealedValue ?? Buffer.alloc(0);
};
const write = (agentId: string, sealedValue: Buffer, of = name) =>
  services.owner.updateTable("agentSecrets").set({ sealedValue }).where("agentId", "=", agentId).where("name", "=", of).execute();
const refusals = async (workspaceId: string) => {
  const rows = await services.owner.selectFrom("auditEntries").selectAll().where("action", "=", "sealed_value.refuse").execute();
  return rows.filter((row) => row.workspaceId === workspaceId);
};

describe("a launch", () => {
  it("is refused for every single flipped byte of a sealed value, and the first refusal of each minute is audited with a count", async () => {
    const { agent, deployment, set, workspace } = await liveAgent();
    await set("canary-of-the-launch");
    const sealed = await sealedOf(agent.id);
    for (let position = 0; position < sealed.length; position += 1) {
      const altered = Buffer.from(sealed);
      altered.writeUInt8(altered.readUInt8(position) ^ (1 << (position % 8)), position);
      await write(agent.id, altered);
      const error = await openForLaunch(services, deployment.id).catch((thrown: Error) => thrown);
      expect(String(error), `byte ${position}`).toMatch(/does not open/);
      expect(String(error)).not.toContain("canary");
    }
    services.clock.advance(60_000);
    await expect(openForLaunch(services, deployment.id)).rejects.toThrow(/does not open/);
    const [first, second, ...more] = await refusals(workspace.id);
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      targetKind: "agent_secret",
      targetId: agent.id,
      metadata: { name, reason: "altered", alsoSuppressed: 0 },
    });
    expect(second?.metadata).toMatchObject({ alsoSuppressed: sealed.length - 1 });
    await write(agent.id, sealed);
    expect(await openForLaunch(services, deployment.id)).toMatchObject({ env: { [name]: "canary-of-the-launch" } });
  });

  it("is refused when a value was copied from another tenant, agent or name, and both ways of a swap fail", async () => {
    const [ours, theirs] = [await liveAgent(), await liveAgent()];
    await ours.set("our value");
    await ours.set("our other value", "OTHER");
    await theirs.set("their value");
    const [our, other, their] = [
      await sealedOf(ours.agent.id),
      await sealedOf(ours.agent.id, "OTHER"),
      await sealedOf(theirs.agent.id),
    ];
    await write(ours.agent.id, their);
    await write(theirs.agent.id, our);
    await expect(openForLaunch(services, ours.deployment.id)).rejects.toThrow(/does not open/);
    await expect(openForLaunch(services, theirs.deployment.id)).rejects.toThrow(/does not open/);
    expect([await refusals(ours.workspace.id), await refusals(theirs.workspace.id)].map((rows) => rows.length)).toEqual([1, 1]);
    await write(ours.agent.id, other);
    await write(ours.agent.id, our, "OTHER");
    await expect(openForLaunch(services, ours.deployment.id)).rejects.toThrow(/does not open/);
  });

  it("is refused when an old version of the value was put back", async () => {
    const { agent, deployment, set } = await liveAgent();
    await set("old and leaked");
    const old = await sealedOf(agent.id);
    await set("new");
    await write(agent.id, old);
    await expect(openForLaunch(services, deployment.id)).rejects.toThrow(/does not open/);
    await services.owner.updateTable("agentSecrets").set({ version: 1 }).where("agentId", "=", agent.id).execute();
    // With its number put back as well the row is what it was: whoever can do that can restore a backup.
    expect(await openForLaunch(services, deployment.id)).toMatchObject({ env: { [name]: "old and leaked" } });
  });

  it("is refused when the workspace's data key was destroyed or swapped for another tenant's, and that is audited", async () => {
    const [ours, theirs] = [await liveAgent(), await liveAgent()];
    await Promise.all([ours.set("our value"), theirs.set("their value")]);
    const keyOf = (ownerId: string) =>
      services.owner.selectFrom("dataKeys").selectAll().where("ownerId", "=", ownerId).executeTakeFirstOrThrow();
    const { wrappedKey } = await keyOf(theirs.workspace.id);
    await services.owner.updateTable("dataKeys").set({ wrappedKey }).where("ownerId", "=", ours.workspace.id).execute();
    services.clock.advance(1_000);
    await expect(openForLaunch(services, ours.deployment.id)).rejects.toMatchObject({
      forOperator: expect.stringContaining("altered or copied from another owner"),
    });
    await services.vault.destroyDataKey(ours.workspace.id);
    await expect(openForLaunch(services, ours.deployment.id)).rejects.toThrow(/destroyed/);
    const reasons = (await refusals(ours.workspace.id)).map((row) => row.metadata["reason"]);
    expect(reasons).toEqual(["key_unusable", "key_destroyed"]);
    expect(await openForLaunch(services, theirs.deployment.id)).toMatchObject({ env: { [name]: "their value" } });
  });
});
