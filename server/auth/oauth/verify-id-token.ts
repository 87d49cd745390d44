// Verifies an id token as OpenID Connect Core 3.1.3.7 asks for: who signed it, for whom, for which sign-in, and when.
import { type JWTPayload, jwtVerify } from "jose";
import { z } from "zod";
import type { Clock } from "~/server/clock";
import type { Issuer } from "./discover-issuer";

/** Signatures by a key pair only: `none` is no signature, and an HMAC would make our client secret a signing key. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/** The provider's clock and ours may differ by so much. */
const clockToleranceSeconds = 60;
/** An id token is made for this very sign-in. */
const ageSecondsMax = 10 * 60;

const Claims = z.object({
  sub: z.string().min(1).max(255),
  email: z.string().max(1_000).optional(),
  // Some issuers write it as a string.
  email_verified: z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]).optional(),
  name: z.string().optional(),
});
export type Claims = z.infer<typeof Claims>;

export type IdTokenExpectation = { clientId: string; nonce: string };

/** Rejects when anything does not hold. */
export async function verifyIdToken(
  needs: { clock: Clock },
  issuer: Issuer,
  idToken: string,
  expected: IdTokenExpectation,
): Promise<Claims> {
  const { payload } = await jwtVerify(idToken, issuer.keys, {
    algorithms,
    issuer: issuer.issuer,
    audience: expected.clientId,
    requiredClaims: ["sub", "iat", "exp", "nonce"],
    clockTolerance: clockToleranceSeconds,
    maxTokenAge: ageSecondsMax,
    currentDate: needs.clock.now(),
  });
  if (payload["nonce"] !== expected.nonce) throw new Error("the nonce is that of another sign-in");
  assertMadeForUs(payload, expected.clientId);
  return Claims.parse(payload);
}

/** A token for several audiences says whom it was issued to; that must be us. */
function assertMadeForUs({ aud, azp }: JWTPayload & { azp?: unknown }, clientId: string): void {
  if (azp === undefined && !(Array.isArray(aud) && aud.length > 1)) return;
  if (azp !== clientId) throw new Error("the token was issued to another client");
}

export function readClaims(claims: unknown): Claims {
  return Claims.parse(claims);
}
