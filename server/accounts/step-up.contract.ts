// The words of a fresh proof before a dangerous act, shared with the browser.
import { z } from "zod";

/** Only capped: a wrong one is refused like any other. */
export const ProvePasswordInput = z.object({ password: z.string().max(1_000) });
export const ProveMailedCodeInput = z.object({ code: z.string().trim().min(1, "Type the code from the letter.").max(60) });

/** How this person can show who they are. A code by mail only when there is nothing better. */
export const ProofWays = z.object({
  password: z.boolean(),
  secondFactor: z.boolean(),
  passkey: z.boolean(),
  mailedCode: z.boolean(),
  /** The operator of this installation, who gets no mail: the link that the console shows. */
  consoleLink: z.boolean(),
  /** Nothing has to be shown before this moment. */
  provenUntil: z.date(),
});
export type ProofWays = z.infer<typeof ProofWays>;
