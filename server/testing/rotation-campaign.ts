// Kills workers in the middle of a rotation, again and again, and looks each time whether everything still opens.
import { randomBytes } from "node:crypto";
import { primaryOf } from "~/server/rotation/primary-of";
import { createVault } from "~/server/vault/create-vault";
import type { SealedPlace, Vault } from "~/server/vault/vault";
import { buildMortalProgram, drawFrom, runMortalProgram } from "./mortal-program";
import type { ChildOrder } from "./rotation-child";
import { testKeyEncryption } from "./test-config";
import type { TestServices } from "./test-services";

export type KillReport = { kills: number; dataKeys: number; killsByPoint: Record<string, number> };

/** No kill lets a worker get further than this. */
const ownersPerKill = 8;
const nthMax = 4;
const points = ["before", "inside", "after", "told"] as const;

type Sealed = { place: SealedPlace; sealed: Buffer; plain: string };

/** Throws with the seed when a value does not open, is counted twice, or stays under the retired key. */
export async function runKillCampaign(services: TestServices, campaign: { seed: number; kills: number }): Promise<KillReport> {
  const draw = drawFrom(campaign.seed);
  const [formerKey, primaryKey] = [randomBytes(32), randomBytes(32)];
  const former = createVault({ across: services.across, keyEncryption: testKeyEncryption(formerKey), clock: services.clock });
  const keyEncryption = testKeyEncryption(primaryKey, formerKey);
  /** The house that goes on serving meanwhile. */
  const serving = createVault({ across: services.across, keyEncryption, clock: services.clock });
  const dataKeys = (campaign.kills + 1) * ownersPerKill;
  const all: Sealed[] = [];
  for (let n = 0; n < dataKeys; n += 1) all.push(await sealOne(former, `wks_kill_${String(n).padStart(4, "0")}`));
  const program = await buildMortalProgram("server/testing/rotation-child.ts", services.directory);
  const killsByPoint: Record<string, number> = {};
  for (let kill = 0; kill < campaign.kills; kill += 1) {
    const point = points[draw(points.length)] ?? "before";
    const order = orderOf(services, { primaryKey, formerKey, point, nth: 1 + draw(nthMax) });
    const signal = await runMortalProgram(program, order);
    if (signal !== "SIGKILL") throw new Error(`seed ${campaign.seed}: kill ${kill} at ${point} ended with ${signal}`);
    killsByPoint[point] = (killsByPoint[point] ?? 0) + 1;
    services.clock.advance(1_000);
    all.push(await sealOne(serving, `wks_during_${kill}`));
    await assertAllOpen(serving, all, `seed ${campaign.seed}, after kill ${kill} at ${point}`);
  }
  await finishAndJudge(services, { program, seed: campaign.seed, dataKeys, primaryKey, formerKey });
  services.clock.advance(60_000);
  const onlyNew = createVault({ across: services.across, keyEncryption: testKeyEncryption(primaryKey), clock: services.clock });
  await assertAllOpen(onlyNew, all, `seed ${campaign.seed}, without the retired key`);
  return { kills: campaign.kills, dataKeys: all.length, killsByPoint };
}

async function sealOne(vault: Vault, ownerId: string): Promise<Sealed> {
  const plain = randomBytes(12).toString("hex");
  const place = { ownerId, kind: "agent_secret", id: "agt_1", name: "KEY", version: 1 };
  return { place, plain, sealed: await vault.seal(place, plain) };
}

async function assertAllOpen(vault: Vault, all: readonly Sealed[], when: string): Promise<void> {
  for (const { place, sealed, plain } of all) {
    const opened = await vault.open(place, sealed).catch((error: Error) => error.message);
    if (opened !== plain) throw new Error(`${when}: the value of ${place.ownerId} does not open: ${opened}`);
  }
}

type End = { program: string; seed: number; dataKeys: number; primaryKey: Buffer; formerKey: Buffer };

async function finishAndJudge(services: TestServices, end: End): Promise<void> {
  const signal = await runMortalProgram(end.program, orderOf(services, { ...end, point: "never", nth: 0 }));
  if (signal !== null) throw new Error(`seed ${end.seed}: the last run ended with ${signal}`);
  const rows = await services.owner.selectFrom("dataKeys").select(["ownerId", "kekId"]).execute();
  const primary = primaryOf(createVault({ across: services.across, keyEncryption: testKeyEncryption(end.primaryKey) })).id;
  const retired = rows.filter((row) => row.kekId !== primary);
  if (retired.length > 0) throw new Error(`seed ${end.seed}: ${retired.length} data keys are under the retired key`);
  const rotations = await services.owner.selectFrom("keyRotations").selectAll().execute();
  const [only, ...others] = rotations;
  const isExact = only?.keysRewrapped === end.dataKeys && only.keysTotal === end.dataKeys && only.status === "finished";
  if (others.length > 0 || !isExact) throw new Error(`seed ${end.seed}: the count is off: ${JSON.stringify(rotations)}`);
}

type Told = { primaryKey: Buffer; formerKey: Buffer; point: ChildOrder["point"]; nth: number };

function orderOf(services: TestServices, { primaryKey, formerKey, point, nth }: Told): ChildOrder {
  const hex = (key: Buffer) => key.toString("hex");
  return { databaseUrl: services.config.databaseUrl, primaryHex: hex(primaryKey), formerHex: hex(formerKey), point, nth };
}
