// Proves a signed request: the signature of one of the key's secrets over its bytes, these minutes, and a nonce that nobody used (MISSION E7).
import type { Db } from "~/db/client";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { sha256Hex } from "~/server/sha256";
import { FreshCache } from "./fresh-cache";
import type { ApiKeyPrincipal } from "./principal";
import { proveApiKeyById } from "./prove-api-key";
import { placeOfSigner, type SignedContent, type SignedRequest, signedWindowMs } from "./signed-request";
import {
  insertNonceIfNewAcrossWorkspaces,
  listSealedSecretsAcrossWorkspaces,
  setSigningSecretUsedAcrossWorkspaces,
} from "./signed-requests.queries";
import { signingSecretPlace } from "./signing-secret-place";

type Needs = Pick<Services, "across" | "clock" | "log" | "vault">;
type Opened = { workspaceId: string; secrets: { secretId: string; secret: string }[] };

const keysMax = 1_000;
const secretsMax = 5;
const decoy = "whs_sign_nobody";

const caches = new WeakMap<Db, FreshCache<Opened>>();

/**
 * One answer for an unknown key, one without secrets and a wrong signature: `UNAUTHENTICATED`. A nonce that was used is one too. What
 * else may refuse an API key (disabled, expired, over the plan) refuses here as well, once the signature is right. `beforeNonce` may
 * refuse too: a request over its rate writes nothing.
 */
export async function proveSignedRequest(
  needs: Needs,
  request: SignedRequest & SignedContent,
  beforeNonce: (signer: ApiKeyPrincipal) => Promise<void> = async () => undefined,
): Promise<ApiKeyPrincipal> {
  const { keyId } = request;
  const opened = await cacheOf(needs).get(keyId);
  const secrets = opened?.secrets ?? [];
  const place = placeOfSigner(secrets.length === 0 ? [decoy] : secrets.map(({ secret }) => secret), request);
  const signer = secrets[place];
  if (!opened || !signer) {
    throw new AppError("UNAUTHENTICATED", "No signing secret of this key made this signature over these bytes.", {
      details: { reason: "bad_signature" },
    });
  }
  const principal = await proveApiKeyById(needs, keyId);
  await beforeNonce(principal);
  // Remembered for as long as its timestamp could still be taken.
  const expiresAt = new Date(Number(request.timestamp) + 2 * signedWindowMs);
  const nonce = { workspaceId: opened.workspaceId, keyId, nonceHash: sha256Hex(request.nonce), expiresAt };
  if (!(await insertNonceIfNewAcrossWorkspaces(needs.across, nonce))) {
    throw new AppError("UNAUTHENTICATED", "This nonce was used already. Sign each request anew, with a nonce of its own.", {
      details: { reason: "nonce_used" },
    });
  }
  setSigningSecretUsedAcrossWorkspaces(needs.across, signer.secretId, needs.clock.now()).catch((error: unknown) =>
    needs.log.warn({ err: error }, "the use of a signing secret could not be noted"),
  );
  return principal;
}

/** At once in this process; others follow within a second. */
export function forgetSigningSecrets({ across }: { across: Db }, keyId: string): void {
  caches.get(across)?.forget(keyId);
}

/** Opened values are held for a second, as an agent's are held while it runs. */
function cacheOf(needs: Needs): FreshCache<Opened> {
  const existing = caches.get(needs.across);
  if (existing) return existing;
  const cache = new FreshCache<Opened>({
    entriesMax: keysMax,
    load: (keyId) => openSecrets(needs, keyId),
    onRenewalError: (error) => needs.log.warn({ err: error }, "signing secrets could not be read again"),
  });
  caches.set(needs.across, cache);
  return cache;
}

async function openSecrets({ across, vault }: Needs, keyId: string): Promise<Opened | null> {
  const rows = await listSealedSecretsAcrossWorkspaces(across, keyId, secretsMax);
  const [first] = rows;
  if (!first) return null;
  const secrets = await Promise.all(
    rows.map(async ({ secretId, workspaceId, sealedSecret }) => {
      const secret = await vault.open(signingSecretPlace(workspaceId, { keyId, secretId }), sealedSecret);
      return { secretId, secret };
    }),
  );
  return { workspaceId: first.workspaceId, secrets };
}
