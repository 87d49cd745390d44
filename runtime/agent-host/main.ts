// The agent host as a program: reads its configuration, starts, says that it is ready, drains when told to stop.
import { startAgentHost } from "./agent-host";
import { HostConfigError, readHostConfig } from "./host-config";
import { createHostLog } from "./host-log";

const exitConfiguration = 78;

async function main(): Promise<void> {
  const config = readHostConfig();
  const log = createHostLog(config.logLevel);
  const host = await startAgentHost(config, log);
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, "stopping");
    host.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "could not stop in order");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  log.info("ready");
  process.send?.("ready");
}

main().catch((thrown: unknown) => {
  const isConfiguration = thrown instanceof HostConfigError;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  process.stderr.write(`The agent host cannot start: ${message}\n`);
  process.exit(isConfiguration ? exitConfiguration : 1);
});
