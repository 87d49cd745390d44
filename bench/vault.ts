// What the vault costs: values sealed and opened per second, against bare node:crypto doing the same AES-256-GCM work in the same run.
//
// Run with: node launch/bootstrap.mjs bench vault
// A PostgreSQL of its own holds the data key; it is warm in the cache, as for a workspace that is at work. The bare side draws a
// nonce, binds as many bytes of associated data and copies into one buffer, as the vault does. The two take turns round by round,
// so a busy machine spoils the absolute numbers and not the ratios.
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { openDb } from "~/db/client";
import { migrateToLatest } from "~/db/migrate";
import { ensurePostgres } from "~/launch/postgres";
import { openBenchVault } from "~/server/testing/open-bench-vault";
import type { SealedPlace } from "~/server/vault/vault";

const goal = 0.7;
const rounds = 9;
const valuesPerRound = 10_000;
const sizes = [64, 1_024, 16_384];

const folder = mkdtempSync(path.join(os.tmpdir(), "whs-bench-vault-"));
const postgres = await ensurePostgres({ directory: path.join(folder, "postgres"), durable: true, connectionsMax: 20 });
const owner = openDb({ url: postgres.url, role: "owner", connectionsMax: 2 });
const across = openDb({ url: postgres.url, role: "across", connectionsMax: 4 });
try {
  say(`${os.cpus().length} cores, Node ${process.versions.node}, load ${os.loadavg()[0]?.toFixed(1)}`);
  await migrateToLatest(owner);
  for (const bytes of sizes) await measure(bytes);
} finally {
  await Promise.all([owner.destroy(), across.destroy()]);
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(bytes: number): Promise<void> {
  const vault = openBenchVault(across);
  const place: SealedPlace = {
    ownerId: `wks_${bytes}_01JD2ZK5V3W8Q9R7T6Y5X4`,
    kind: "agent_secret",
    id: "agt_01JD2ZK5V3W8Q9R7T6Y5X4C3B2",
    name: "OPENAI_API_KEY",
    version: 7,
  };
  const value = randomBytes(bytes).toString("base64").slice(0, bytes);
  const bare = openBare(JSON.stringify([1, "whs.sealed", ...Object.values(place)]));
  const [sealed, bareSealed] = [await vault.seal(place, value), bare.seal(value)];
  const ways = {
    seal: () => vault.seal(place, value),
    bareSeal: async () => bare.seal(value),
    open: () => vault.open(place, sealed),
    bareOpen: async () => bare.open(bareSealed),
  };
  const rates: Record<keyof typeof ways, number[]> = { seal: [], bareSeal: [], open: [], bareOpen: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const name of Object.keys(ways) as (keyof typeof ways)[]) rates[name].push(await ratePerSecond(ways[name], bytes));
  }
  const of = (name: keyof typeof ways) => median(rates[name].slice(1));
  report(`seal ${bytes} B`, of("seal"), of("bareSeal"));
  report(`open ${bytes} B`, of("open"), of("bareOpen"));
}

/** The least that the same work can be: one nonce, one binding, one cipher, one buffer. */
function openBare(binding: string) {
  const key = createSecretKey(randomBytes(32));
  const associated = () => Buffer.from(binding, "utf8");
  return {
    seal(value: string): Buffer {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: 16 });
      cipher.setAAD(associated());
      return Buffer.concat([nonce, cipher.update(Buffer.from(value, "utf8")), cipher.final(), cipher.getAuthTag()]);
    },
    open(box: Buffer): string {
      const decipher = createDecipheriv("aes-256-gcm", key, box.subarray(0, 12), { authTagLength: 16 });
      decipher.setAAD(associated());
      decipher.setAuthTag(box.subarray(-16));
      return Buffer.concat([decipher.update(box.subarray(12, -16)), decipher.final()]).toString("utf8");
    },
  };
}

async function ratePerSecond(act: () => Promise<unknown>, bytes: number): Promise<number> {
  const count = Math.ceil(valuesPerRound / Math.max(1, bytes / 1_024));
  const startedAt = performance.now();
  for (let n = 0; n < count; n += 1) await act();
  return count / ((performance.now() - startedAt) / 1_000);
}

function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function report(what: string, ours: number, bare: number): void {
  const ratio = ours / bare;
  const isMet = ratio >= goal;
  say(
    `${isMet ? "ok  " : "MISS"} ${what}: ${ours.toFixed(0)}/s, bare node:crypto ${bare.toFixed(0)}/s: ratio ${ratio.toFixed(2)} (goal at least ${goal})`,
  );
  if (!isMet) process.exitCode = 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
