// Judges what a passkey answered: from our own page, to our own challenge, signed by a passkey that we know, never by a copy.
import { verifyAuthenticationResponse } from "@simplewebauthn/server";
import { invalidField } from "~/server/errors";
import type { Services } from "~/server/services";
import { passkeySite } from "./passkey-site";
import type { PasskeyAnswer } from "./passkeys.contract";
import { findPasskeyAcrossWorkspaces } from "./passkeys.queries";

export type VerifiedPasskey = {
  passkeyId: string;
  userId: string;
  isUserDisabled: boolean;
  /** To be written by compare-and-set in the transaction of the act. */
  use: { id: string; counter: number; isBackedUp: boolean; now: Date };
};

/** Null for whatever is wrong with it: the answer to the outside is one and the same. */
export async function verifyPasskey(
  services: Pick<Services, "across" | "clock" | "config" | "log">,
  expectedChallenge: string,
  answer: PasskeyAnswer,
): Promise<VerifiedPasskey | null> {
  const passkey = await findPasskeyAcrossWorkspaces(services.across, answer.id);
  if (!passkey || isOfSomebodyElse(answer, passkey.userId)) return null;
  const { rpID, origin } = passkeySite(services.config);
  const { userHandle: _userHandle, ...response } = answer.response;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...answer, response, clientExtensionResults: {} },
      expectedChallenge,
      expectedOrigin: origin,
      expectedRPID: rpID,
      requireUserVerification: true,
      credential: { id: answer.id, publicKey: new Uint8Array(passkey.publicKey), counter: passkey.counter },
    });
    if (!verified) return null;
    const { newCounter: counter, credentialBackedUp: isBackedUp } = authenticationInfo;
    const use = { id: passkey.id, counter, isBackedUp, now: services.clock.now() };
    return { passkeyId: passkey.id, userId: passkey.userId, isUserDisabled: passkey.userDisabledAt !== null, use };
  } catch (error) {
    services.log.info({ err: error, passkeyId: passkey.id }, "the answer of a passkey was refused");
    return null;
  }
}

/** What the authenticator keeps as its owner; one that answers a discovery always says it. */
function isOfSomebodyElse(answer: PasskeyAnswer, userId: string): boolean {
  const { userHandle } = answer.response;
  return userHandle !== undefined && Buffer.from(userHandle, "base64url").toString("utf8") !== userId;
}

export function passkeyRefused() {
  return invalidField("answer", "This passkey was not accepted. Try again, or come in another way.", "passkey_refused");
}
