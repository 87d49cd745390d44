// Rows of the isolation walk: of the people who sign in.
import { walked } from "./named-ids";
import type { ProcedureRow } from "./procedure-row";

const token = { token: "0".repeat(64) };
const email = { email: "nobody@example.test" };
const noProvider = { provider: "none", to: "/" };
const password = "long enough it is";
const code = { code: "000000" };
const noAnswer = {
  id: "AA",
  rawId: "AA",
  type: "public-key",
  response: { clientDataJSON: "AA", authenticatorData: "AA", signature: "AA" },
};
const noRegistration = { ...noAnswer, response: { clientDataJSON: "AA", attestationObject: "AA" } };
const none = () => undefined;
const empty = () => ({});

export const accountRows: Readonly<Record<string, ProcedureRow>> = {
  "accounts.signUp": { who: "anybody", input: () => ({ ...email, displayName: "N", password }) },
  "accounts.verifyEmail": {
    who: "anybody",
    readsCaller: true,
    own: "INVALID_REQUEST",
    input: () => ({ ...token, password: "x" }),
  },
  "accounts.resendVerification": { who: "anybody", input: () => email },
  "accounts.signIn": {
    who: "anybody",
    readsCaller: true,
    own: "INVALID_REQUEST",
    input: () => ({ ...email, password: "not this one" }),
  },
  "accounts.signInByLink": { who: "anybody", readsCaller: true, own: "INVALID_REQUEST", input: () => token },
  "accounts.requestPasswordReset": { who: "anybody", input: () => email },
  "accounts.resetPassword": { who: "anybody", readsCaller: true, own: "INVALID_REQUEST", input: () => ({ ...token, password }) },
  "accounts.signOut": { who: "person", input: none },
  "accounts.me": { who: "person", input: none },
  "accounts.sessions": { who: "person", input: none },
  "accounts.revokeSession": {
    who: "person",
    names: ["sessionId"],
    malformed: "INVALID_REQUEST",
    input: ({ sessionId }) => ({ sessionId }),
  },
  "accounts.revokeAllSessions": { who: "person", input: none },
  "accounts.changePassword": { who: "person", input: () => ({ currentPassword: walked.password, newPassword: password }) },
  "accounts.updateProfile": { who: "person", input: () => ({ displayName: "Walked" }) },
  "accounts.setPassword": {
    who: "person",
    own: "CONFLICT",
    proven: true,
    input: () => ({ newPassword: password }),
    note: "has one already",
  },
  "accounts.outbox": { who: "operator", proven: true, input: empty },
  "accounts.retryMail": { who: "operator", input: () => ({ mailId: "mal_none" }), own: "NOT_FOUND" },
  "emailChanges.pending": { who: "person", input: none },
  "emailChanges.request": { who: "person", proven: true, input: () => email },
  "emailChanges.cancel": { who: "person", own: "NOT_FOUND", input: none },
  "emailChanges.confirm": { who: "anybody", own: "INVALID_REQUEST", input: () => token },
  "passkeys.list": { who: "person", input: none },
  "passkeys.place": { who: "anybody", input: none },
  "passkeys.begin": { who: "person", proven: true, input: none },
  "passkeys.register": {
    who: "person",
    own: "INVALID_REQUEST",
    proven: true,
    input: () => ({ name: "key", answer: noRegistration }),
  },
  "passkeys.remove": { who: "person", proven: true, names: ["passkeyId"], input: ({ passkeyId }) => ({ passkeyId }) },
  "passkeys.beginSignIn": { who: "anybody", input: none },
  "passkeys.signIn": { who: "anybody", readsCaller: true, own: "INVALID_REQUEST", input: () => ({ answer: noAnswer }) },
  "secondFactors.status": { who: "person", input: none },
  "secondFactors.begin": { who: "person", proven: true, input: none },
  "secondFactors.turnOn": { who: "person", own: "CONFLICT", proven: true, input: () => code },
  "secondFactors.turnOff": { who: "person", own: "CONFLICT", proven: true, input: none },
  "secondFactors.renewCodes": { who: "person", own: "CONFLICT", proven: true, input: none },
  "secondFactors.pending": { who: "anybody", input: none },
  "secondFactors.finishSignIn": { who: "anybody", readsCaller: true, own: "INVALID_REQUEST", input: () => code },
  "signInMethods.offered": { who: "anybody", input: none },
  "signInMethods.begin": { who: "anybody", own: "NOT_FOUND", input: () => noProvider },
  "signInMethods.finish": {
    who: "anybody",
    readsCaller: true,
    own: "NOT_FOUND",
    input: () => ({ provider: "none", state: "x", code: "x", error: null, iss: null }),
  },
  "signInMethods.mine": { who: "person", input: none },
  "signInMethods.connect": { who: "person", proven: true, own: "NOT_FOUND", input: () => noProvider },
  "signInMethods.disconnect": {
    who: "person",
    proven: true,
    names: ["identityId"],
    input: ({ identityId }) => ({ identityId }),
  },
  "stepUp.ways": { who: "person", input: none },
  "stepUp.byPassword": { who: "person", input: () => ({ password: walked.password }) },
  "stepUp.bySecondFactor": { who: "person", own: "INVALID_REQUEST", tries: true, input: () => code },
  "stepUp.sendCode": { who: "person", own: "CONFLICT", input: none },
  "stepUp.byMailedCode": { who: "person", own: "INVALID_REQUEST", tries: true, input: () => code },
  "stepUp.beginPasskey": { who: "person", input: none },
  "stepUp.byPasskey": { who: "person", own: "INVALID_REQUEST", tries: true, input: () => ({ answer: noAnswer }) },
};
