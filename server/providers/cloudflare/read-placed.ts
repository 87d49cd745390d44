// What a script was placed as, read back from its own bindings.
import { z } from "zod";
import type { PlacedScript } from "~/runtime/contract/placed-script";
import { AppError } from "~/server/errors";
import type { ScriptSettings } from "./cloudflare-api";

const hostsMax = 1_000;
const namesMax = 1_000;

const Placed = z.object({
  deploymentId: z.string(),
  agentId: z.string(),
  workspaceId: z.string(),
  userId: z.string(),
  version: z.number().int(),
  moduleSha256: z.string(),
  revision: z.string(),
  networkAllow: z.array(z.string()).max(hostsMax).optional(),
  secretNames: z.array(z.string()).max(namesMax),
  secretVersions: z.record(z.string(), z.number().int()),
  sharesSessions: z.boolean(),
  telemetryUrl: z.string(),
});

/** Throws `CONFLICT` when it is not a script of ours. */
export function readPlaced({ bindings }: ScriptSettings): PlacedScript {
  const parsed = Placed.safeParse(bindings.find(({ name, type }) => type === "json" && name === "placed")?.["json"]);
  if (!parsed.success) throw new AppError("CONFLICT", "At Cloudflare another script has the name of this deployment's.");
  const { networkAllow, ...placed } = parsed.data;
  return { ...placed, ...(networkAllow ? { networkAllow } : {}) };
}
