// Telemetry under fire: events with duplicates, lies and disorder, while server and database are killed; every 202 must be stored exactly once.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { rmSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { build } from "esbuild";
import { Pool } from "undici";
import type { Db } from "~/db/client";
import { programOptions } from "~/launch/build-programs";
import { drawFrom } from "./draw-from";
import { judgeTelemetry, type TelemetryVerdict } from "./judge-telemetry";
import type { TelemetryOrder } from "./telemetry-process";
import { type CampaignSource, type SentEvent, TelemetrySender } from "./telemetry-senders";

export type TelemetryGround = {
  databaseUrl: string;
  redisUrl: string;
  /** Private to the campaign. */
  directory: string;
  owner: Db;
  sources: CampaignSource[];
  /** Kills the database and brings it back; null: it is not ours to kill. */
  killDatabase: (() => Promise<void>) | null;
};

export type TelemetryCampaign = { seed: number; events: number; kills: number };
export type TelemetryReport = TelemetryVerdict & { serverKills: number; databaseKills: number; failedSends: number };

const sendersPerSource = 2;
const triesMax = 2_000;
const retryMs = 50;
const requestTimeoutMs = 15_000;

/** Throws with the seed when an event is lost, doubled or altered, or a sum is not what its events say. */
export async function runTelemetryCampaign(ground: TelemetryGround, campaign: TelemetryCampaign): Promise<TelemetryReport> {
  const rootKey = randomBytes(32);
  const draw = drawFrom(campaign.seed);
  const senders = ground.sources.flatMap((source) =>
    Array.from({ length: sendersPerSource }, () => new TelemetrySender(source, rootKey, drawFrom(draw(2 ** 31)))),
  );
  const house = await openMortalHouse(ground, rootKey);
  const fates = Array.from({ length: campaign.kills }, () => draw(campaign.events)).sort((one, other) => one - other);
  const progress = { left: campaign.events, failedSends: 0, serverKills: 0, databaseKills: 0 };
  let killing: Promise<void> = Promise.resolve();
  const killIfDue = () => {
    if (fates.length === 0 || campaign.events - progress.left < (fates[0] ?? 0)) return;
    fates.shift();
    const isDatabase = ground.killDatabase !== null && draw(3) === 0;
    progress[isDatabase ? "databaseKills" : "serverKills"] += 1;
    killing = killing.then(() => (isDatabase ? ground.killDatabase?.() : house.kill()));
  };
  try {
    await Promise.all(senders.map((sender) => runSender(sender, { house, progress, killIfDue })));
    await killing;
  } finally {
    await house.end();
  }
  const { left: _left, ...counts } = progress;
  return { ...counts, ...(await judgeTelemetry(ground.owner, senders, `seed ${campaign.seed}`)) };
}

type Field = { house: MortalHouse; progress: { left: number; failedSends: number }; killIfDue: () => void };

async function runSender(sender: TelemetrySender, field: Field): Promise<void> {
  for (;;) {
    const batch = sender.next(field.progress.left);
    if (batch.length === 0 && field.progress.left === 0) return;
    field.progress.left = Math.max(0, field.progress.left - batch.length);
    field.killIfDue();
    if (batch.length > 0) await sendUntilTaken(sender, batch, field);
  }
}

async function sendUntilTaken(sender: TelemetrySender, batch: SentEvent[], { house, progress }: Field): Promise<void> {
  const request = sender.request(batch);
  for (let tries = 0; tries < triesMax; tries += 1) {
    const answer = await house.post(request);
    if (answer?.status === 202) {
      if (answer.body.rejected) throw new Error(`a good event was refused: ${JSON.stringify(answer.body)}`);
      return sender.acknowledge(batch);
    }
    if (answer && answer.status < 500 && answer.status !== 429) throw new Error(`a batch was refused with ${answer.status}`);
    progress.failedSends += 1;
    if (tries === 0 && sender.givesUp()) return sender.abandon(batch);
    await pause(retryMs);
  }
  throw new Error(`a batch was not taken in ${triesMax} tries`);
}

type Answer = { status: number; body: { rejected?: number } };

type MortalHouse = {
  /** Null: the connection broke or nobody was there. */
  post(request: { path: string; headers: Record<string, string>; body: string }): Promise<Answer | null>;
  /** SIGKILL, and another one in its place. */
  kill(): Promise<void>;
  end(): Promise<void>;
};

async function openMortalHouse(ground: TelemetryGround, rootKey: Buffer): Promise<MortalHouse> {
  const program = path.resolve(".cache", `telemetry-process-${process.pid}-${path.basename(ground.directory)}.mjs`);
  await build({ ...programOptions, sourcemap: false, entryPoints: ["server/testing/telemetry-process.ts"], outfile: program });
  const { databaseUrl, redisUrl, directory } = ground;
  const order: TelemetryOrder = { databaseUrl, redisUrl, directory, rootKeyHex: rootKey.toString("hex") };
  let { child, pool } = await startProcess(program, order);
  return {
    async post({ path: address, headers, body }) {
      const timeouts = { headersTimeout: requestTimeoutMs, bodyTimeout: requestTimeoutMs };
      try {
        const answer = await pool.request({ method: "POST", path: address, headers, body, ...timeouts });
        return { status: answer.statusCode, body: (await answer.body.json()) as Answer["body"] };
      } catch {
        return null;
      }
    },
    async kill() {
      await killProcess(child);
      const former = pool;
      ({ child, pool } = await startProcess(program, order));
      await former.destroy();
    },
    async end() {
      await killProcess(child);
      await pool.destroy();
      rmSync(program, { force: true });
    },
  };
}

async function startProcess(program: string, order: TelemetryOrder): Promise<{ child: ChildProcess; pool: Pool }> {
  const env: NodeJS.ProcessEnv = { NODE_ENV: "test", TELEMETRY_ORDER: JSON.stringify(order) };
  const child = spawn(process.execPath, [program], { env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const url = await Promise.race([
    once(child, "message").then(([said]) => String(said)),
    once(child, "exit").then(([code, signal]) => {
      throw new Error(`the web process ended as it started: ${code ?? signal}`);
    }),
  ]);
  return { child, pool: new Pool(url, { connections: 32 }) };
}

async function killProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
