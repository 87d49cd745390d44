// Takes in the passkey that a person's browser has made.
import { verifyRegistrationResponse } from "@simplewebauthn/server";
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { AppError, invalidField } from "~/server/errors";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { ownAct } from "./own-act";
import { redeemChallenge } from "./passkey-challenge";
import { passkeySite } from "./passkey-site";
import type { PasskeyItem, PasskeyRegistration, RegisterPasskeyInput } from "./passkeys.contract";
import { insertPasskeyIfAbsentAcrossWorkspaces } from "./passkeys.queries";
import { passkeyAddedLetter } from "./security-letters";
import { tellPerson } from "./tell-person";

type RegisterNeeds = Pick<Services, "across" | "clock" | "config" | "mailer">;

/** `browser` is the value of the cookie that binds the challenge. */
export async function registerPasskey(
  services: RegisterNeeds,
  user: UserPrincipal,
  input: RegisterPasskeyInput & { browser: string | null; visitor: Visitor },
): Promise<PasskeyItem> {
  const { userId } = user;
  const challenge = await redeemChallenge(services, input.browser, { purpose: "register", userId });
  const { credential, credentialBackedUp, credentialDeviceType } = await verify(services, challenge, input.answer);
  const row = {
    id: newId("passkey"),
    userId,
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey),
    counter: credential.counter,
    transports: input.answer.response.transports ?? [],
    isBackedUp: credentialBackedUp,
    isMultiDevice: credentialDeviceType === "multiDevice",
    name: input.name,
    createdAt: services.clock.now(),
  };
  await inTransaction(services.across, async (tx) => {
    if (!(await insertPasskeyIfAbsentAcrossWorkspaces(tx, row))) {
      throw new AppError("CONFLICT", "This passkey is registered already.", { details: { reason: "passkey_known" } });
    }
    await recordPlatformAudit(tx, { ...ownAct(user, input.visitor), action: "passkey.add", metadata: { passkeyId: row.id } });
    await tellPerson(tx, services, passkeyAddedLetter(services.config.publicUrl, user, input.name));
  });
  return { passkeyId: row.id, name: row.name, isBackedUp: row.isBackedUp, createdAt: row.createdAt, lastUsedAt: null };
}

async function verify({ config }: Pick<Services, "config">, expectedChallenge: string, answer: PasskeyRegistration) {
  const { rpID, origin } = passkeySite(config);
  const { transports: _transports, ...response } = answer.response;
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response: { ...answer, response, clientExtensionResults: {} },
      expectedChallenge,
      expectedOrigin: origin,
      expectedRPID: rpID,
      requireUserVerification: true,
    });
    if (registrationInfo) return registrationInfo;
  } catch (error) {
    throw refused(error);
  }
  throw refused(undefined);
}

/** The library says what was wrong, which helps nobody but who forged the answer. */
function refused(cause: unknown): AppError {
  const { message, details } = invalidField("answer", "This passkey was not accepted. Try again, or use another one.");
  return new AppError("INVALID_REQUEST", message, { details: { ...details, reason: "passkey_refused" }, cause });
}
