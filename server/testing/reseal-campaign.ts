// Kills workers that seal a workspace's values anew under another data key, again and again, and looks each time whether all opens.
import { randomBytes } from "node:crypto";
import { createAgent } from "~/server/agents/create-agent";
import { readDataKey } from "~/server/rotation/read-data-key";
import { settlingMs } from "~/server/rotation/run-reseal";
import { secretPlace } from "~/server/secrets/secret-place";
import { setSecret } from "~/server/secrets/set-secret";
import { createVault } from "~/server/vault/create-vault";
import type { Vault } from "~/server/vault/vault";
import { createTestTenant } from "./factories";
import { buildMortalProgram, drawFrom, runMortalProgram } from "./mortal-program";
import type { ResealOrder } from "./reseal-child";
import { testKeyEncryption } from "./test-config";
import type { TestServices } from "./test-services";

export type ResealReport = { kills: number; generation: number; killsByPoint: Record<string, number> };

const secrets = 24;
const nthMax = 20;
const points = ["renewing", "renewed", "before", "after", "told", "forgetting", "forgot"] as const;

type World = {
  services: TestServices;
  seed: number;
  workspaceId: string;
  key: Buffer;
  expected: Map<string, string>;
  serving: Vault;
};

/** Throws with the seed when a value does not open, or when the former key opens one at the end. */
export async function runResealCampaign(
  services: TestServices,
  campaign: { seed: number; kills: number },
): Promise<ResealReport> {
  const draw = drawFrom(campaign.seed);
  const key = randomBytes(32);
  const serving = createVault({ across: services.across, keyEncryption: testKeyEncryption(key), clock: services.clock });
  const house = { ...services, vault: serving };
  const { scope } = await createTestTenant(services, { tier: "enterprise" });
  const { agentId } = await createAgent(house, scope, { name: `sealer-${campaign.seed}`, description: "" });
  const world: World = { services, seed: campaign.seed, workspaceId: scope.workspaceId, key, expected: new Map(), serving };
  const write = async (name: string) => {
    const value = randomBytes(12).toString("hex");
    await setSecret(house, scope, { agentId, name, value });
    world.expected.set(name, value);
  };
  for (let n = 0; n < secrets; n += 1) await write(`KEY_${String(n).padStart(2, "0")}`);
  const program = await buildMortalProgram("server/testing/reseal-child.ts", services.directory);
  const killsByPoint: Record<string, number> = {};
  for (let kill = 0; kill < campaign.kills; kill += 1) {
    const point = points[draw(points.length)] ?? "before";
    await prepare(world, program, point);
    const signal = await runMortalProgram(program, orderOf(world, { point, nth: 1 + draw(nthMax) }));
    if (signal !== "SIGKILL") throw new Error(`seed ${campaign.seed}: kill ${kill} at ${point} ended with ${signal}`);
    killsByPoint[point] = (killsByPoint[point] ?? 0) + 1;
    services.clock.advance(1_000);
    await write(`KEY_${String(draw(secrets)).padStart(2, "0")}`);
    await assertAllOpen(world, serving, `after kill ${kill} at ${point}`);
  }
  await finish(world, program);
  const fresh = createVault({ across: services.across, keyEncryption: testKeyEncryption(key), clock: services.clock });
  await assertAllOpen(world, fresh, "without the former key");
  const { generation } = await readDataKey(services, world.workspaceId);
  return { kills: campaign.kills, generation: generation ?? 0, killsByPoint };
}

/** The beginning comes only where no renewal is under way; the end only where one is, and to who is late enough. */
async function prepare(world: World, program: string, point: ResealOrder["point"]): Promise<void> {
  if (point === "renewing" || point === "renewed") await finish(world, program);
  if (point !== "forgetting" && point !== "forgot") return;
  await world.serving.renewDataKey(world.workspaceId, async () => undefined);
  world.services.clock.advance(settlingMs);
}

/** A healthy worker now, and one after what came late was waited for. */
async function finish(world: World, program: string): Promise<void> {
  if (await isAtRest(world)) return;
  for (const ms of [0, settlingMs]) {
    world.services.clock.advance(ms);
    const signal = await runMortalProgram(program, orderOf(world, { point: "never", nth: 0 }));
    if (signal !== null) throw new Error(`seed ${world.seed}: a healthy worker ended with ${signal}`);
  }
  if (!(await isAtRest(world))) throw new Error(`seed ${world.seed}: the former key is still there`);
  world.services.clock.advance(60_000);
}

async function isAtRest({ services, workspaceId }: World): Promise<boolean> {
  return !(await readDataKey(services, workspaceId)).isResealing;
}

async function assertAllOpen({ services, workspaceId, expected, seed }: World, vault: Vault, when: string): Promise<void> {
  const rows = await services.owner.selectFrom("agentSecrets").selectAll().where("workspaceId", "=", workspaceId).execute();
  for (const { agentId, name, version, sealedValue } of rows) {
    const place = secretPlace({ workspaceId, agentId, name, version });
    const opened = await vault.open(place, sealedValue ?? Buffer.alloc(0)).catch((error: Error) => error.message);
    if (opened !== expected.get(name)) throw new Error(`seed ${seed}, ${when}: the value of ${name} does not open: ${opened}`);
  }
  if (rows.length !== expected.size)
    throw new Error(`seed ${seed}, ${when}: ${rows.length} of ${expected.size} values are there`);
}

function orderOf({ services, workspaceId, key }: World, at: Pick<ResealOrder, "point" | "nth">): ResealOrder {
  const { databaseUrl } = services.config;
  return { ...at, databaseUrl, keyHex: key.toString("hex"), workspaceId, now: services.clock.now().toISOString() };
}
