// Proves an API key: by its checksum, then by a cache that is at most a second old, then by the database (MISSION E4).
import type { Db } from "~/db/client";
import { AppError } from "~/server/errors";
import { assertPlanned, type NamedPlan } from "~/server/plans/assert-planned";
import { planOf } from "~/server/plans/plans";
import type { Services } from "~/server/services";
import { sha256Hex } from "~/server/sha256";
import { isApiKeyShaped } from "./api-key-format";
import { findApiKeyAcrossWorkspaces } from "./auth.queries";
import { FreshCache } from "./fresh-cache";
import { noteKeyProof } from "./key-uses";
import type { ApiKeyPrincipal } from "./principal";

type ApiKeyNeeds = Pick<Services, "across" | "clock" | "log">;

type KeyRow = NonNullable<Awaited<ReturnType<typeof findApiKeyAcrossWorkspaces>>>;

type KnownKey = {
  principal: ApiKeyPrincipal;
  /** From then on it is worthless: revoked, expired, or the overlap after its reroll is over. */
  endsAtMs: number;
  isDisabled: boolean;
  isSuperseded: boolean;
  plan: NamedPlan;
  /** How many live keys of the workspace are older. */
  place: number;
};

const knownKeysMax = 10_000;

/** One cache per database handle: a process has one, a test file its own. */
const caches = new WeakMap<Db, FreshCache<KnownKey>>();

/**
 * No database round trip when the key was used within the last second. Throws `UNAUTHENTICATED` for a key that is unknown,
 * revoked or expired (one answer for all), `UNAUTHORIZED` when its workspace or its maker is disabled, `LIMIT_EXCEEDED` when the
 * plan has room for the older keys only.
 */
export async function proveApiKey(needs: ApiKeyNeeds, apiKey: string): Promise<ApiKeyPrincipal> {
  return judge(needs, isApiKeyShaped(apiKey) ? await cacheOf(needs).get(sha256Hex(apiKey)) : null);
}

/** The same without waiting: null when nothing is known of such a key just now, so that `proveApiKey` has to ask. */
export function recallApiKey(needs: ApiKeyNeeds, apiKey: string): ApiKeyPrincipal | null {
  const known = isApiKeyShaped(apiKey) ? cacheOf(needs).known(sha256Hex(apiKey)) : null;
  return known && judge(needs, known);
}

/** The same for whoever has proven otherwise that they hold it: by a signature. */
export async function proveApiKeyById(needs: ApiKeyNeeds, keyId: string): Promise<ApiKeyPrincipal> {
  return judge(needs, await cacheOf(needs).get(`id ${keyId}`));
}

function judge(needs: ApiKeyNeeds, known: KnownKey | null): ApiKeyPrincipal {
  if (!known || known.endsAtMs <= needs.clock.now().getTime()) {
    throw new AppError(
      "UNAUTHENTICATED",
      "This API key is not valid: it is unknown, revoked or expired. Make a new one in the workspace.",
    );
  }
  if (known.isDisabled) {
    throw new AppError(
      "UNAUTHORIZED",
      "This API key belongs to a disabled workspace or account. Ask the operator of the platform.",
    );
  }
  assertPlanned({ kind: "use_key", place: known.place }, known.plan);
  noteKeyProof(needs, known.principal, known.isSuperseded);
  return known.principal;
}

/** After a change: this process reads the key again before it honours it; every other one does so within a second. */
export function forgetApiKey(needs: ApiKeyNeeds, keyId: string): void {
  cacheOf(needs).forgetWhere(({ principal }) => principal.keyId === keyId);
}

function cacheOf(needs: ApiKeyNeeds): FreshCache<KnownKey> {
  const existing = caches.get(needs.across);
  if (existing) return existing;
  const cache = new FreshCache<KnownKey>({
    entriesMax: knownKeysMax,
    load: async (name) => {
      const by = name.startsWith("id ") ? { id: name.slice("id ".length) } : { secretHash: name };
      return toKnownKey(await findApiKeyAcrossWorkspaces(needs.across, by, needs.clock.now()));
    },
    onRenewalError: (error) => needs.log.warn({ err: error }, "an API key could not be read again; it will be asked for anew"),
  });
  caches.set(needs.across, cache);
  return cache;
}

function toKnownKey(row: KeyRow | undefined): KnownKey | null {
  if (!row) return null;
  const ends = [row.expiresAt, row.overlapEndsAt].map((end) => end?.getTime() ?? Number.POSITIVE_INFINITY);
  return {
    // Many requests share it.
    principal: Object.freeze({
      kind: "api_key",
      keyId: row.id,
      workspaceId: row.workspaceId,
      preset: row.preset,
      userId: row.createdBy,
      agentIds: row.isLimitedToAgents ? Object.freeze(row.agentIds) : null,
      callsPerMinuteMax: row.callsPerMinuteMax,
      callsPerMonthMax: row.callsPerMonthMax,
    }),
    endsAtMs: row.revokedAt ? Number.NEGATIVE_INFINITY : Math.min(...ends),
    isDisabled: row.workspaceDisabledAt !== null || row.userDisabledAt !== null,
    isSuperseded: row.overlapEndsAt !== null,
    plan: { tier: row.tier, plan: planOf(row.tier, row.planChanges) },
    place: row.place,
  };
}
