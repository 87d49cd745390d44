// The embedded Redis survives what happens to real machines.
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { askRedis } from "./check-redis";
import { isRunning } from "./process-mark";
import { ensureRedis, type RunningRedis } from "./redis";
import { prepareRunDirectory } from "./run-directory";
import { isGoneWithin } from "./stop-process";

let dataDir: string;
let running: RunningRedis | null;

beforeEach(() => {
  dataDir = mkdtempSync(path.join(inject("testGround").directory, "r-"));
  running = null;
});
afterEach(async () => {
  await running?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function ensure(redisUrl?: string): Promise<RunningRedis> {
  running = await ensureRedis({
    directory: path.join(dataDir, "redis"),
    runDirectory: prepareRunDirectory(dataDir),
    redisUrl,
    durable: true,
    cacheDirectory: path.resolve(".cache"),
    progress: () => {},
  });
  return running;
}

function killHard(server: RunningRedis): Promise<boolean> {
  if (!server.process) throw new Error("the embedded server has a process");
  process.kill(server.process.pid, "SIGKILL");
  return isGoneWithin(server.process, 5_000);
}

function socketOf(url: string): string {
  return new URL(url).pathname;
}

describe("the embedded Redis", () => {
  it("listens on a private socket only, writes everything down, throws nothing away", async () => {
    const { url } = await ensure();
    const read = (name: string) =>
      askRedis(url, (redis) => redis.config("GET", name)).then((pair) => Object.values(pair as object).at(-1));
    expect(await read("port")).toBe("0");
    expect(await read("appendonly")).toBe("yes");
    expect(await read("maxmemory-policy")).toBe("noeviction");
    expect(statSync(path.dirname(socketOf(url))).mode & 0o777).toBe(0o700);
    expect(statSync(socketOf(url)).mode & 0o777).toBe(0o700);
  });

  it("is adopted when a launcher that was killed left it running", async () => {
    const first = await ensure();
    expect(await ensure()).toMatchObject({ wasAdopted: true, process: first.process });
  });

  it("keeps what it acknowledged through kill -9", async () => {
    const first = await ensure();
    await askRedis(first.url, (redis) => redis.set("kept", "yes"));
    await killHard(first);
    const second = await ensure();
    expect(second.wasAdopted).toBe(false);
    expect(await askRedis(second.url, (redis) => redis.get("kept"))).toBe("yes");
  });

  it.runIf(process.platform === "linux")("ends a server that nobody can reach any more before it starts another", async () => {
    const first = await ensure();
    await askRedis(first.url, (redis) => redis.set("kept", "yes"));
    rmSync(socketOf(first.url));
    const second = await ensure();
    expect(first.process && isRunning(first.process)).toBe(false);
    expect(await askRedis(second.url, (redis) => redis.get("kept"))).toBe("yes");
  });

  it("names place and mend, never the password, when REDIS_URL does not answer", async () => {
    const failure = (await ensure("redis://:hunter2@127.0.0.1:1").catch((error: Error) => error)) as Error;
    expect(failure.message).toMatch(/127\.0\.0\.1:1 does not answer .*correct REDIS_URL/);
    expect(failure.message).not.toContain("hunter2");
    expect(existsSync(path.join(dataDir, "redis"))).toBe(false);
  });

  it("refuses a server that may throw queued jobs away", async () => {
    const { url } = await ensure();
    await askRedis(url, (redis) => redis.config("SET", "maxmemory-policy", "allkeys-lru"));
    const embedded = running;
    await expect(ensure(url)).rejects.toThrow(/maxmemory-policy is allkeys-lru.*noeviction/);
    running = embedded;
  });
});

describe("the folder for sockets", () => {
  it("is short enough for a socket, however long the data directory is", () => {
    const long = path.join(dataDir, "x".repeat(90));
    mkdirSync(long);
    const directory = prepareRunDirectory(long);
    expect(Buffer.byteLength(directory)).toBeLessThan(48);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(prepareRunDirectory(long)).toBe(directory);
    rmSync(directory, { recursive: true });
  });
});
