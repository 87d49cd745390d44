// Asks a browser for any passkey of this site. Nobody is named, so that nobody learns who has one.
import { generateAuthenticationOptions } from "@simplewebauthn/server";
import type { Visitor } from "~/server/auth/visitor";
import type { Services } from "~/server/services";
import { limitAccountDoor } from "./account-limits";
import { type ChallengeOwner, challengeMs, issueChallenge } from "./passkey-challenge";
import { passkeySite } from "./passkey-site";

type BeginNeeds = Pick<Services, "across" | "clock" | "config" | "redis">;

export async function beginPasskeySignIn(services: BeginNeeds, visitor: Visitor) {
  await limitAccountDoor(services, "challenge", { visitor });
  return askForPasskey(services, { purpose: "sign_in", userId: null }, []);
}

/** `allowed`: the credentials that may answer; none named means any that the authenticator finds. */
export async function askForPasskey(
  services: BeginNeeds,
  owner: ChallengeOwner,
  allowed: { credentialId: string; transports: string[] }[],
) {
  const { challenge, setCookie } = await issueChallenge(services, owner);
  const options = await generateAuthenticationOptions({
    rpID: passkeySite(services.config).rpID,
    challenge: new Uint8Array(challenge),
    timeout: challengeMs,
    userVerification: "required",
    allowCredentials: allowed.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
  });
  return { options, setCookie };
}
