// The worker process: reads the configuration, builds the services, answers the doorbell, and drains when told to stop.
import process from "node:process";
import { ConfigError, readConfig, readSecretValues } from "~/server/config";
import { createServices, type ProcessServices } from "~/server/create-services";
import { assertEnvironment } from "~/server/environment/assert-environment";
import { observeServices } from "~/server/observability/observe-services";
import { observeWork } from "~/server/observability/observe-work";
import { startErrorReports } from "~/server/observability/start-error-reports";
import { startMetrics } from "~/server/observability/start-metrics";
import { startTraces } from "~/server/observability/start-traces";
import { hideValues, redactText } from "~/server/redaction/redact-text";
import { catalog } from "./catalog";
import { schedules } from "./schedules";
import { serveMetrics } from "./serve-metrics";
import { startWorkers, type Workers } from "./work";

/** sysexits.h: the configuration is wrong, so starting again will not help. */
const exitConfiguration = 78;

async function main(): Promise<void> {
  hideValues(readSecretValues());
  const services = createServices(readConfig(), { program: "worker" });
  const reports = await startErrorReports(services.config, "worker");
  const metrics = await startMetrics(services.config, "worker");
  const traces = await startTraces(services.config, { program: "worker", log: services.log });
  if (metrics) {
    observeServices(metrics.meter, services, services.pools);
    observeWork(metrics.meter, services, Object.keys(catalog));
  }
  const start = async () => {
    await assertEnvironment(services);
    const closeMetrics = await serveMetrics(services.config, metrics);
    const { drain } = await startWorkers(services);
    return {
      drain: async () => {
        await drain().finally(closeMetrics);
        await metrics?.close();
        await traces?.close();
        await reports?.close();
      },
    };
  };
  const workers = await start().catch(async (error: unknown) => {
    await services.close();
    throw error;
  });
  // What was left behind while no worker ran is not worth waiting for the next turn of its schedule.
  await Promise.all(schedules.map(({ name }) => services.queue.ring(catalog[name], {})));
  services.log.info("worker is ready");
  stopOnSignal(workers, services);
  process.send?.("ready");
}

function stopOnSignal(workers: Workers, services: ProcessServices): void {
  const stop = async () => {
    services.log.info("worker is draining");
    await workers.drain();
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

/** One clear sentence where the launcher and people look for it. */
function giveUp(error: unknown): void {
  process.stderr.write(`${redactText(error instanceof Error ? error.message : String(error))}\n`);
  process.exit(error instanceof ConfigError ? exitConfiguration : 1);
}

main().catch(giveUp);
