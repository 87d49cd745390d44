// Codes of an authenticator app: 6 digits, 30 seconds, SHA-1, as every app understands them (RFC 6238).
import { Secret, TOTP } from "otpauth";
import type { SealedPlace } from "~/server/vault/vault";

const issuer = "webhost.systems";
const secretBytes = 20;
const periodSeconds = 30;
/** Clocks of phones are a little off: the code before and the one after count too. */
const stepsOfSkew = 1;

/** Base 32 without padding. */
export function newTotpSecret(): string {
  return new Secret({ size: secretBytes }).base32;
}

export function totpUri(secret: string, email: string): string {
  return totpOf(secret, email).toString();
}

/** The time step whose code this is; null when it is none of the three that count now. Compared in constant time. */
export function totpStepOf(secret: string, code: string, now: Date): number | null {
  const timestamp = now.getTime();
  const delta = totpOf(secret).validate({ token: code.replace(/[\s-]/g, ""), timestamp, window: stepsOfSkew });
  return delta === null ? null : Math.floor(timestamp / 1_000 / periodSeconds) + delta;
}

/** Sealed under the person's own data key, so that it opens for nobody else and goes with the person. */
export function totpPlace(userId: string, version: number): SealedPlace {
  return { ownerId: userId, kind: "totp_secret", id: userId, name: "totp", version };
}

function totpOf(secret: string, label = ""): TOTP {
  return new TOTP({ issuer, label, secret, digits: 6, period: periodSeconds, algorithm: "SHA1" });
}
