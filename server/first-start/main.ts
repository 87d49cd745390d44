// The program that `npm start` runs once web, worker and agent host are up: one line of JSON on standard output, logs on standard error.
import process from "node:process";
import pino from "pino";
import { ConfigError, readConfig, readSecretValues } from "~/server/config";
import { createServices } from "~/server/create-services";
import { createLog } from "~/server/log";
import { hideValues, redactText } from "~/server/redaction/redact-text";
import { prepareFirstStart } from "./prepare-first-start";

/** sysexits.h: the configuration is wrong, so starting again will not help. */
const exitConfiguration = 78;

async function main(): Promise<void> {
  hideValues(readSecretValues());
  const config = readConfig();
  const standardError = pino.destination({ dest: 2, sync: true });
  const log = createLog({ program: "first-start", level: config.logLevel, destination: standardError });
  const services = createServices(config, { program: "first-start", log });
  try {
    const prepared = await prepareFirstStart(services);
    process.stdout.write(`${JSON.stringify(prepared)}\n`);
  } finally {
    await services.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${redactText(error instanceof Error ? error.message : String(error))}\n`);
  process.exitCode = error instanceof ConfigError ? exitConfiguration : 1;
});
