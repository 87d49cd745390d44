// A web process by itself, for campaigns that kill it: it says where it listens, and lives until a signal.
import { mkdirSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { createServices } from "~/server/create-services";
import { startWeb } from "~/server/http/start-web";
import { createTestConfig } from "./test-config";

export type TelemetryOrder = { databaseUrl: string; redisUrl: string; directory: string; rootKeyHex: string };

async function main(): Promise<void> {
  const { databaseUrl, redisUrl, directory, rootKeyHex } = JSON.parse(process.env["TELEMETRY_ORDER"] ?? "") as TelemetryOrder;
  const dataDir = path.join(directory, `p${process.pid}`);
  mkdirSync(dataDir, { recursive: true });
  const config = createTestConfig(
    { databaseUrl, redisUrl, dataDir },
    { telemetryRootKey: Buffer.from(rootKeyHex, "hex"), logLevel: "error" },
  );
  // What breaks is meant to: only the parent's judgement counts.
  const services = createServices({ ...config, logLevel: "silent" as typeof config.logLevel }, { program: "telemetry-process" });
  const web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
  process.send?.(web.url);
}

await main();
