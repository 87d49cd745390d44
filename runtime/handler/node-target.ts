// The program that a bundle becomes on a Node runtime elsewhere (AgentCore): our HTTP server around the customer's handler.
import { pathToFileURL } from "node:url";
import type { AgentHandler } from "~/runtime/contract/handler";
import { compileMask } from "~/runtime/redaction/mask-text";
import { guardNetwork } from "./node/guard-network";
import { maskOutput } from "./node/mask-output";
import { takeGrant } from "./node/node-grant";
import { startNodeServer } from "./node/node-server";
import { createReporter } from "./node/report-calls";
import { printFault } from "./print-fault";
import { resolveHandler } from "./resolve-handler";

/** What AgentCore demands. */
const documentedPort = 8080;

/** Before the customer's code loads: it finds the configured keys in its environment, and nothing of ours. */
const port = Number(process.env["WHS_PORT"] ?? documentedPort);
const grant = takeGrant(process.env);
const mask = compileMask(Object.values(grant.env));
maskOutput({ mask, names: Object.keys(grant.env) });
if (grant.networkAllow) guardNetwork(grant.networkAllow, new URL(grant.telemetryUrl));
process.on("unhandledRejection", printFault);
process.on("uncaughtException", (thrown) => {
  printFault(thrown);
  process.exit(1);
});

/** A bundle that does not load is said by its first call, in its own words; a dead process could say nothing. */
async function loadHandler(): Promise<AgentHandler> {
  const module = (await import(pathToFileURL(new URL("agent.mjs", import.meta.url).pathname).href)) as {
    entry: unknown;
    entrypoint: string;
  };
  return resolveHandler(module.entry, module.entrypoint);
}

const reporter = createReporter(grant);
const handler = loadHandler();
handler.catch(printFault);
startNodeServer({ port, grant, mask, handler, reporter });
