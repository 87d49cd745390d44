// A sign-in with a provider on its way there and back: kept sealed in a cookie of the browser that began it, for ten minutes.
import { hkdfSync, randomBytes } from "node:crypto";
import { EncryptJWT, jwtDecrypt } from "jose";
import { z } from "zod";
import { type ShortCookie, shortCookie } from "~/server/auth/short-cookie";
import type { Config } from "~/server/config";
import type { Services } from "~/server/services";
import { ProviderKey } from "./oauth.contract";
import type { Proofs } from "./oauth-provider";

const attemptMs = 10 * 60_000;

const Attempt = z.object({
  provider: ProviderKey,
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** A place of this site to go on to. */
  to: z.string(),
  /** The session that asked to have the provider connected to its person; null: somebody signs in. */
  connects: z.string().nullable(),
});
export type Attempt = z.infer<typeof Attempt>;

type AttemptNeeds = Pick<Services, "config" | "clock">;

export function attemptCookie(config: Pick<Config, "isProduction">): ShortCookie {
  return shortCookie(config, "oauth");
}

/** 32 random bytes each: RFC 9700 section 2.1.1 and RFC 7636 section 4.1. */
export function freshProofs(): Proofs {
  const fresh = () => randomBytes(32).toString("base64url");
  return { state: fresh(), nonce: fresh(), verifier: fresh() };
}

/** The Set-Cookie header that gives it to the browser. Nobody else can make or read one, nor take it to another installation. */
export async function keepAttempt({ config, clock }: AttemptNeeds, attempt: Attempt): Promise<string> {
  const now = clock.now().getTime();
  const sealed = await new EncryptJWT({ ...attempt })
    .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
    .setAudience(config.publicUrl.origin)
    .setIssuedAt(Math.floor(now / 1_000))
    .setExpirationTime(Math.floor((now + attemptMs) / 1_000))
    .encrypt(sealingKey(config));
  return attemptCookie(config).give(sealed, attemptMs / 1_000);
}

/** Null when there is none, or one that is not ours, too old, or from another host. */
export async function readAttempt({ config, clock }: AttemptNeeds, cookieHeader: string | null): Promise<Attempt | null> {
  const sealed = attemptCookie(config).read(cookieHeader);
  if (!sealed) return null;
  try {
    const { payload } = await jwtDecrypt(sealed, sealingKey(config), {
      audience: config.publicUrl.origin,
      requiredClaims: ["exp"],
      keyManagementAlgorithms: ["dir"],
      contentEncryptionAlgorithms: ["A256GCM"],
      currentDate: clock.now(),
    });
    return Attempt.parse(payload);
  } catch {
    return null; // whatever is wrong with it, it is as good as none
  }
}

/** When a state that came back may be forgotten: no cookie carries it any more. */
export function attemptDeadline(clock: AttemptNeeds["clock"]): Date {
  return new Date(clock.now().getTime() + attemptMs);
}

function sealingKey(config: Pick<Config, "sessionSecret">): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", config.sessionSecret, "", "whs.oauth-attempt.v1", 32));
}
