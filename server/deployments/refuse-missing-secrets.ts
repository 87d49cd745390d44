// Refuses a version whose required keys have no value, naming each of them (MISSION C3).
import type { Db } from "~/db/client";
import type { Manifest } from "~/server/bundles/manifest.contract";
import { AppError } from "~/server/errors";
import { missingRequiredKeys } from "~/server/secrets/missing-required-keys";

/** Rejects with `INVALID_REQUEST`, one issue per key under `secrets`. */
export async function refuseMissingSecrets(
  tx: Db,
  agent: { workspaceId: string; agentId: string },
  manifest: Manifest,
): Promise<void> {
  const { workspaceId, agentId } = agent;
  const missing = await missingRequiredKeys(tx, { workspaceId, agentId, requiredKeys: manifest.env.requiredKeys });
  if (missing.length === 0) return;
  const names = missing.join(", ");
  throw new AppError(
    "INVALID_REQUEST",
    `The agent needs ${missing.length === 1 ? "the secret" : "the secrets"} ${names}. Set ${missing.length === 1 ? "it" : "them"} first, then deploy.`,
    {
      details: {
        reason: "secrets_missing",
        issues: missing.map((name) => ({ path: `secrets.${name}`, message: `${name} is required and has no value.` })),
      },
    },
  );
}
