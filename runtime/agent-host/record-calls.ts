// Collects what calls of one deployment used and has it signed: by the shim while its process lives, by the host when it does not.
import { createHmac } from "node:crypto";
import { telemetryHeaders } from "~/runtime/contract/telemetry-headers";
import type { AgentProcess } from "./agent-process";
import { type CallFact, type TelemetryIdentity, toTelemetryBatch } from "./telemetry-event";
import type { SpooledBatch } from "./telemetry-spool";

export type CallRecorder = {
  record(fact: CallFact): void;
  /** Resolves when everything recorded so far is spooled. */
  flush(): Promise<void>;
};

const collectMs = 50;
const factsMax = 100;
const signTimeoutMs = 5_000;

export type CallRecorderParts = {
  identity: TelemetryIdentity;
  /** Hex, from the launch grant; held in memory only. */
  telemetryKey: string;
  process(): AgentProcess | null;
  spool(batch: SpooledBatch): void;
};

export function createCallRecorder(parts: CallRecorderParts): CallRecorder {
  let facts: CallFact[] = [];
  let timer: NodeJS.Timeout | undefined;
  let signing: Promise<void> = Promise.resolve();

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const batch = facts;
    facts = [];
    if (batch.length > 0) signing = signing.then(() => sign(parts, batch));
    return signing;
  }

  return {
    record(fact) {
      facts.push(fact);
      if (facts.length >= factsMax) void flush();
      else timer ??= setTimeout(() => void flush(), collectMs);
    },
    flush,
  };
}

/** Event ids are part of the facts: should both have signed, the house counts them once. */
async function sign(parts: CallRecorderParts, facts: CallFact[]): Promise<void> {
  const process = parts.process();
  if (process !== null && (await isSignedByShim(process, facts))) return;
  const body = Buffer.from(JSON.stringify(toTelemetryBatch(parts.identity, facts)), "utf8");
  const signature = createHmac("sha256", Buffer.from(parts.telemetryKey, "hex")).update(body).digest("hex");
  const headers = {
    "content-type": "application/json",
    [telemetryHeaders.deploymentId]: parts.identity.deploymentId,
    [telemetryHeaders.signature]: `v1=${signature}`,
  };
  parts.spool({ headers, body });
}

async function isSignedByShim(process: AgentProcess, facts: CallFact[]): Promise<boolean> {
  if (process.end !== null) return false;
  try {
    const answer = await process.shim.request({
      method: "POST",
      path: "/",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(facts),
      signal: AbortSignal.timeout(signTimeoutMs),
    });
    await answer.body.dump();
    return answer.statusCode === 204;
  } catch {
    return false;
  }
}
