// The words of the second factor, shared with the browser.
import { z } from "zod";
import { Moment } from "~/server/zod-shapes";

/** Six digits of the app, or a recovery code; spaces and hyphens as people write them. A wrong one is refused like any other. */
export const FactorCode = z.string().trim().min(1, "Type the code.").max(60, "A code is shorter than this.");
export const FactorCodeInput = z.object({ code: FactorCode });

export const SecondFactorStatus = z.object({
  isOn: z.boolean(),
  since: Moment.nullable(),
  recoveryCodesLeft: z.number().int(),
});
export type SecondFactorStatus = z.infer<typeof SecondFactorStatus>;

/** What the authenticator app needs, by its camera or by hand. */
export const SecondFactorOffer = z.object({
  /** Base 32, in groups of four. */
  key: z.string(),
  /** `otpauth://…`, for apps on the same device. */
  uri: z.string(),
  /** The same as squares: one SVG path in a box of `size` units. */
  qr: z.object({ size: z.number().int(), path: z.string() }),
});
export type SecondFactorOffer = z.infer<typeof SecondFactorOffer>;

/** Shown once; only hashes are kept. */
export const RecoveryCodes = z.object({ recoveryCodes: z.array(z.string()) });
export type RecoveryCodes = z.infer<typeof RecoveryCodes>;

export const PendingSignIn = z.object({ expiresAt: Moment });
export type PendingSignIn = z.infer<typeof PendingSignIn>;
