// Rotation of a deployment's telemetry key: what runs gets the new one, the old one counts until the overlap ends and no longer.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openForLaunch } from "~/server/secrets/open-for-launch";
import { countingGenerations } from "~/server/telemetry/counting-generations";
import { type CountingKeys, hmacSha256, rootKeyOfReport } from "~/server/telemetry/report-signature";
import { deriveTelemetryKey } from "~/server/telemetry/telemetry-key";
import { createTestAgent, createTestDeployment, createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { rotateTelemetryKey } from "./rotate-telemetry-key";

const overlapMs = 10 * 60_000;
let services: TestServices;
beforeAll(async () => {
  services = await createTestServices({ config: { telemetryOverlapMs: overlapMs } });
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

async function liveAgent() {
  const tenant = await createTestTenant(services);
  const agent = { ...(await createTestAgent(services, tenant.workspace)), owner: tenant.user };
  return { ...tenant, deployment: await createTestDeployment(services, agent) };
}

/** Whether a report that this key signed is taken now. */
async function isTaken(deploymentId: string, keyHex: string): Promise<boolean> {
  const row = await services.owner.selectFrom("deployments").selectAll().where("id", "=", deploymentId).executeTakeFirstOrThrow();
  const raw = Buffer.from('{"requests":1}');
  const signature = `v1=${hmacSha256(Buffer.from(keyHex, "hex"), raw).toString("hex")}`;
  const keys: CountingKeys = {
    rootKeys: [services.config.telemetryRootKey, ...services.config.telemetryFormerRootKeys],
    generations: countingGenerations(row, services.clock.now()),
  };
  return rootKeyOfReport(keys, { deploymentId, signature, raw }) !== null;
}

const keyOf = async (deploymentId: string) => (await openForLaunch(services, deploymentId)).telemetryKey;

describe("a rotated telemetry key", () => {
  it("is handed out from now on, and the old one counts to the last millisecond of the overlap", async () => {
    const { scope, deployment } = await liveAgent();
    const old = await keyOf(deployment.id);
    const state = await rotateTelemetryKey(services, scope, { deploymentId: deployment.id, keepsOld: true });
    expect(state).toMatchObject({ generation: 2, rotatedAt: services.clock.now() });
    const fresh = await keyOf(deployment.id);
    expect(fresh).not.toBe(old);
    services.clock.advance(overlapMs - 1);
    expect([await isTaken(deployment.id, old), await isTaken(deployment.id, fresh)]).toEqual([true, true]);
    services.clock.advance(1);
    expect([await isTaken(deployment.id, old), await isTaken(deployment.id, fresh)]).toEqual([false, true]);
  });

  it("that leaked stops counting at once", async () => {
    const { scope, deployment } = await liveAgent();
    const leaked = await keyOf(deployment.id);
    const state = await rotateTelemetryKey(services, scope, { deploymentId: deployment.id, keepsOld: false });
    expect(state.overlapEndsAt).toBeNull();
    expect(await isTaken(deployment.id, leaked)).toBe(false);
    expect(await isTaken(deployment.id, await keyOf(deployment.id))).toBe(true);
  });

  it("is one generation further for each of ten racing callers, and each is audited", async () => {
    const { scope, deployment } = await liveAgent();
    const input = { deploymentId: deployment.id, keepsOld: true };
    const states = await Promise.all(Array.from({ length: 10 }, () => rotateTelemetryKey(services, scope, input)));
    expect(states.map((state) => state.generation).sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const audited = await services.owner
      .selectFrom("auditEntries")
      .selectAll()
      .where("action", "=", "telemetry_key.rotate")
      .execute();
    expect(audited).toHaveLength(10);
  });

  it("of somebody else's deployment answers as one of a missing deployment", async () => {
    const [ours, theirs] = [await liveAgent(), await liveAgent()];
    const rotate = (deploymentId: string) =>
      rotateTelemetryKey(services, ours.scope, { deploymentId, keepsOld: true }).catch((error: unknown) => String(error));
    expect(await rotate(theirs.deployment.id)).toBe(await rotate("dep_01JD2ZK5V3W8Q9R7T6Y5X4C3B2"));
    expect(await keyOf(theirs.deployment.id)).toBe(
      deriveTelemetryKey(services.config.telemetryRootKey, theirs.deployment.id, 1).toString("hex"),
    );
  });
});

describe("a changed root key", () => {
  it("still takes what was signed under the former one while that is listed, and not after", async () => {
    const { deployment } = await liveAgent();
    const old = await keyOf(deployment.id);
    const { telemetryRootKey: former } = services.config;
    Object.assign(services.config, { telemetryRootKey: randomBytes(32), telemetryFormerRootKeys: [former] });
    expect(await keyOf(deployment.id)).not.toBe(old);
    expect(await isTaken(deployment.id, old)).toBe(true);
    Object.assign(services.config, { telemetryFormerRootKeys: [] });
    expect([await isTaken(deployment.id, old), await isTaken(deployment.id, await keyOf(deployment.id))]).toEqual([false, true]);
  });
});
