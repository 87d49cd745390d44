// The words of a change of address, shared with the browser.
import { z } from "zod";
import { Email } from "~/server/auth/email.contract";
import { Moment } from "~/server/zod-shapes";

export const RequestEmailChangeInput = z.object({ email: Email });
export const ConfirmEmailChangeInput = z.object({ token: z.string().max(200) });

/** `waiting`: the other mailbox has to agree too. `refused`: the address was taken by another account meanwhile. */
export const EmailChangeOutcome = z.object({ outcome: z.enum(["waiting", "changed", "refused"]) });
export type EmailChangeOutcome = z.infer<typeof EmailChangeOutcome>;

export const EmailChangeItem = z.object({
  newEmail: z.string(),
  hasOldAgreed: z.boolean(),
  hasNewAgreed: z.boolean(),
  expiresAt: Moment,
});
export type EmailChangeItem = z.infer<typeof EmailChangeItem>;
