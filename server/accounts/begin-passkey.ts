// Asks a person's browser to make a passkey.
import { generateRegistrationOptions } from "@simplewebauthn/server";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { limitAccountDoor } from "./account-limits";
import { challengeMs, issueChallenge } from "./passkey-challenge";
import { passkeySite } from "./passkey-site";
import { passkeysMax } from "./passkeys.contract";
import { listPasskeysAcrossWorkspaces } from "./passkeys.queries";

type BeginNeeds = Pick<Services, "across" | "clock" | "config" | "redis">;

/** One that the authenticator finds by itself, and that asks its person for a finger, a face or a PIN: it stands for both factors. */
export async function beginPasskey(services: BeginNeeds, user: UserPrincipal, visitor: Visitor) {
  await limitAccountDoor(services, "challenge", { visitor });
  const existing = await listPasskeysAcrossWorkspaces(services.across, user.userId, passkeysMax);
  if (existing.length >= passkeysMax) {
    throw new AppError("CONFLICT", `An account has at most ${passkeysMax} passkeys. Remove one that you do not use.`);
  }
  const { challenge, setCookie } = await issueChallenge(services, { purpose: "register", userId: user.userId });
  const { rpID, rpName } = passkeySite(services.config);
  const options = await generateRegistrationOptions({
    rpID,
    rpName,
    challenge: new Uint8Array(challenge),
    userID: new TextEncoder().encode(user.userId),
    userName: user.email,
    userDisplayName: user.displayName,
    timeout: challengeMs,
    attestationType: "none",
    excludeCredentials: existing.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  return { options, setCookie };
}
