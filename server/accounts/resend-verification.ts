// Asks for the confirmation letter again; the answer is the same whether or not there is such an account.
import type { Visitor } from "~/server/auth/visitor";
import type { WishNeeds } from "./take-down-wish";
import { wishForLetter } from "./wish-for-letter";

export function resendVerification(services: WishNeeds, visitor: Visitor, input: { email: string }): Promise<void> {
  return wishForLetter(services, visitor, { kind: "verify_email", email: input.email });
}
