// The words of passkeys (WebAuthn), shared with the browser: what it is asked, and what it answers.
import { z } from "zod";
import { Moment } from "~/server/zod-shapes";
import { passkeyNameCharactersMax } from "./passkey-name.contract";

export const passkeysMax = 20;

/** Base64url of binary parts: an answer with an attestation stays far below. */
const Bytes = z.string().max(20_000);

const Answer = { id: Bytes, rawId: Bytes, type: z.literal("public-key") };

/** What the browser answers when a passkey was made. */
export const PasskeyRegistration = z.object({
  ...Answer,
  response: z.object({
    clientDataJSON: Bytes,
    attestationObject: Bytes,
    transports: z.array(z.string().max(30)).max(10).optional(),
  }),
});
export type PasskeyRegistration = z.infer<typeof PasskeyRegistration>;

/** What the browser answers when a passkey was used. */
export const PasskeyAnswer = z.object({
  ...Answer,
  response: z.object({
    clientDataJSON: Bytes,
    authenticatorData: Bytes,
    signature: Bytes,
    userHandle: z.string().max(200).optional(),
  }),
});
export type PasskeyAnswer = z.infer<typeof PasskeyAnswer>;

export const RegisterPasskeyInput = z.object({
  name: z
    .string()
    .trim()
    .min(1, "Name it, so that you know it again.")
    .max(passkeyNameCharactersMax, `Use at most ${passkeyNameCharactersMax} characters.`),
  answer: PasskeyRegistration,
});
export type RegisterPasskeyInput = z.infer<typeof RegisterPasskeyInput>;
export const UsePasskeyInput = z.object({ answer: PasskeyAnswer });
export const RemovePasskeyInput = z.object({ passkeyId: z.string().max(60) });

export const PasskeyItem = z.object({
  passkeyId: z.string(),
  name: z.string(),
  /** Kept by a password manager: losing the device does not lose it. */
  isBackedUp: z.boolean(),
  createdAt: Moment,
  lastUsedAt: Moment.nullable(),
});
export type PasskeyItem = z.infer<typeof PasskeyItem>;

export const PasskeyPlace = z.object({ origin: z.string() });
