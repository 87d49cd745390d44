// What Cloudflare cannot run, or would run without what the manifest asks for, is refused before anything is sent.
import type { LaunchGrant, Placement } from "~/runtime/contract/host-protocol";
import { AppError } from "~/server/errors";
import { sha256Hex } from "./script-metadata";

const memoryMb = 128;
/** Cloudflare's most for one binding. */
const valueBytesMax = 5_120;
const valuesMax = 110;

/** They open connections past `fetch`, which alone is held to a list inside the isolate. */
const connectingModules = [
  "cloudflare:sockets",
  ...["dgram", "dns", "dns/promises", "http", "http2", "https", "inspector", "module", "net", "tls"].map(
    (name) => `node:${name}`,
  ),
] as const;

export function assertPlaceable(placement: Placement): void {
  if (sha256Hex(placement.module) !== placement.moduleSha256) throw refusal("The module does not match its digest.");
  if (placement.memoryMb > memoryMb) {
    throw refusal(
      `Cloudflare runs agents with ${memoryMb} MB. Set limits.memoryMb to ${memoryMb} or less, or choose another runtime.`,
    );
  }
  if (placement.networkAllow === undefined) return;
  const found = connectingModules.find((name) => namesModule(placement.module, name));
  if (found === undefined) return;
  throw refusal(
    `The agent imports "${found}", which at Cloudflare goes past network.allow. Use fetch instead, or leave network.allow out of agent.config.json.`,
  );
}

export function assertBindable({ env, variables }: Pick<LaunchGrant, "env" | "variables">): void {
  const values = [...Object.entries(env), ...Object.entries(variables ?? {})];
  const large = values.find(([, value]) => Buffer.byteLength(value) > valueBytesMax);
  if (large)
    throw refusal(`${large[0]} is larger than 5 KB, the most that Cloudflare takes. Shorten it, or choose another runtime.`);
  if (values.length > valuesMax) throw refusal(`The agent has ${values.length} keys; Cloudflare takes ${valuesMax}.`);
}

/** esbuild writes every module's name as one plain string. A text that only mentions one is refused too, which is the safe side. */
function namesModule(code: string, name: string): boolean {
  return [`"${name}"`, `'${name}'`, `\`${name}\``].some((quoted) => code.includes(quoted));
}

function refusal(message: string): AppError {
  return new AppError("DEPLOYMENT_FAILED", message, { details: { reason: "not_for_this_runtime" } });
}
