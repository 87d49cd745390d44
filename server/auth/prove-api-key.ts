// Proves an API key: by its checksum, then by a cache that is at most a second old, then by the database (MISSION E4).
import type { Db } from "~/db/client";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { sha256Hex } from "~/server/sha256";
import { isApiKeyShaped } from "./api-key-format";
import { findApiKeyByHashAcrossWorkspaces, setApiKeyUsedIfStaleAcrossWorkspaces } from "./auth.queries";
import { FreshCache } from "./fresh-cache";
import type { ApiKeyPrincipal } from "./principal";

type ApiKeyNeeds = Pick<Services, "across" | "clock" | "log">;

type KnownKey = NonNullable<Awaited<ReturnType<typeof findApiKeyByHashAcrossWorkspaces>>>;

const knownKeysMax = 10_000;
const lastUseStepMs = 60_000;

/** One cache per database handle: a process has one, a test file its own. */
const caches = new WeakMap<Db, FreshCache<KnownKey>>();

/**
 * No database round trip when the key was used within the last second. Throws `UNAUTHENTICATED` for a key that is unknown,
 * revoked or expired (one answer for all), `UNAUTHORIZED` when its workspace or its maker is disabled.
 */
export async function proveApiKey(needs: ApiKeyNeeds, apiKey: string): Promise<ApiKeyPrincipal> {
  const known = isApiKeyShaped(apiKey) ? await cacheOf(needs).get(sha256Hex(apiKey)) : null;
  if (!known || known.revokedAt || (known.expiresAt && known.expiresAt <= needs.clock.now())) {
    throw new AppError(
      "UNAUTHENTICATED",
      "This API key is not valid: it is unknown, revoked or expired. Make a new one in the workspace.",
    );
  }
  if (known.workspaceDisabledAt || known.userDisabledAt) {
    throw new AppError(
      "UNAUTHORIZED",
      "This API key belongs to a disabled workspace or account. Ask the operator of the platform.",
    );
  }
  return { kind: "api_key", keyId: known.id, workspaceId: known.workspaceId, preset: known.preset, userId: known.createdBy };
}

/** After a revocation: this process stops honouring the key at once, every other one within a second. */
export function forgetApiKey(needs: ApiKeyNeeds, secretHash: string): void {
  cacheOf(needs).forget(secretHash);
}

function cacheOf(needs: ApiKeyNeeds): FreshCache<KnownKey> {
  const existing = caches.get(needs.across);
  if (existing) return existing;
  const cache = new FreshCache<KnownKey>({
    entriesMax: knownKeysMax,
    load: (secretHash) => loadKey(needs, secretHash),
    onRenewalError: (error) => needs.log.warn({ err: error }, "an API key could not be read again; it will be asked for anew"),
  });
  caches.set(needs.across, cache);
  return cache;
}

async function loadKey(needs: ApiKeyNeeds, secretHash: string): Promise<KnownKey | null> {
  const row = await findApiKeyByHashAcrossWorkspaces(needs.across, secretHash);
  if (!row) return null;
  const now = needs.clock.now();
  const staleBefore = new Date(now.getTime() - lastUseStepMs);
  const isStale = !row.lastUsedAt || row.lastUsedAt < staleBefore;
  if (isStale && !row.revokedAt) await setApiKeyUsedIfStaleAcrossWorkspaces(needs.across, row.id, { now, staleBefore });
  return row;
}
