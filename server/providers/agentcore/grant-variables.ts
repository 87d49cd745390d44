// What a version is given at AgentCore, as environment variables: the configured keys, its telemetry key, and who it is.

import type { LaunchGrant } from "~/runtime/contract/host-protocol";
import { grantVariablePrefix, type NodeGrant } from "~/runtime/contract/node-protocol";
import { AppError } from "~/server/errors";
import type { PlacedRecord } from "./placed-records";

/** AgentCore's own bounds of one variable and of their number. */
const valueCharactersMax = 5_000;
const variablesMax = 50;

export type Described = Pick<PlacedRecord, "userId" | "agentId" | "deploymentId" | "version" | "timeoutMs" | "networkAllow">;

/** In parts, because AgentCore's variables are short and few, and because a key may have a name that means something to Node or AWS. */
export function grantVariables(described: Described, grant: LaunchGrant, telemetryUrl: string): Record<string, string> {
  const { userId, agentId, deploymentId, version, timeoutMs, networkAllow } = described;
  const given: NodeGrant = {
    env: grant.env,
    variables: grant.variables ?? {},
    telemetryKey: grant.telemetryKey,
    telemetryUrl,
    identity: { userId, agentId, deploymentId, runtimeProvider: "agentcore" },
    version,
    timeoutMs,
    ...(networkAllow ? { networkAllow } : {}),
  };
  const text = Buffer.from(JSON.stringify(given), "utf8").toString("base64");
  const parts = Math.ceil(text.length / valueCharactersMax);
  if (parts > variablesMax) throw tooMuch();
  return Object.fromEntries(
    Array.from({ length: parts }, (_part, place) => [
      `${grantVariablePrefix}${place + 1}`,
      text.slice(place * valueCharactersMax, (place + 1) * valueCharactersMax),
    ]),
  );
}

function tooMuch(): AppError {
  const most = Math.floor((valueCharactersMax * variablesMax * 3) / 4 / 1_024);
  return new AppError(
    "DEPLOYMENT_FAILED",
    `The values of all keys together are larger than the ${most} KiB that AgentCore takes. Shorten them, or let the agent fetch the large ones.`,
    { details: { reason: "secrets_too_large" } },
  );
}
