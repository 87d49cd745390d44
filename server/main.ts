// The web process: reads the configuration, builds the services, opens the doors, and drains when told to stop.
import process from "node:process";
import { ConfigError, readConfig, readSecretValues } from "./config";
import { createServices } from "./create-services";
import { assertEnvironment } from "./environment/assert-environment";
import { startWeb, type Web } from "./http/start-web";
import type { Log } from "./log";
import { observeServices } from "./observability/observe-services";
import { startErrorReports } from "./observability/start-error-reports";
import { startMetrics } from "./observability/start-metrics";
import { startTraces } from "./observability/start-traces";
import { hideValues, redactText } from "./redaction/redact-text";

/** sysexits.h: the configuration is wrong, so starting again will not help. */
const exitConfiguration = 78;

async function main(): Promise<void> {
  hideValues(readSecretValues());
  const services = createServices(readConfig(), { program: "web" });
  const reports = await startErrorReports(services.config, "web");
  const metrics = await startMetrics(services.config, "web");
  const traces = await startTraces(services.config, { program: "web", log: services.log });
  if (metrics) observeServices(metrics.meter, services, services.pools);
  const start = async () => {
    await assertEnvironment(services);
    const watchesBuild = process.argv.includes("--watch-build");
    return startWeb(services, { rootDirectory: process.cwd(), watchesBuild, metrics });
  };
  const web = await start().catch(async (error: unknown) => {
    await services.close();
    throw error;
  });
  services.log.info({ url: web.url }, "web is ready");
  stopOnSignal(web, { log: services.log, close: () => closeAll([metrics, services, traces, reports]) });
  process.send?.("ready");
}

function stopOnSignal(web: Web, services: { log: Log; close(): Promise<void> }): void {
  const stop = async () => {
    services.log.info("web is draining");
    await web.drain();
    await services.close();
    process.exit(0);
  };
  let isStopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (isStopping) return;
      isStopping = true;
      stop().catch(giveUp);
    });
  }
}

async function closeAll(parts: ({ close(): Promise<void> } | null)[]): Promise<void> {
  for (const part of parts) await part?.close();
}

/** One clear sentence where the launcher and people look for it. */
function giveUp(error: unknown): void {
  process.stderr.write(`${redactText(error instanceof Error ? error.message : String(error))}\n`);
  process.exit(error instanceof ConfigError ? exitConfiguration : 1);
}

main().catch(giveUp);
