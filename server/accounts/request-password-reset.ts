// Asks for a reset letter; the answer is the same whether or not there is such an account.
import type { Visitor } from "~/server/auth/visitor";
import type { WishNeeds } from "./take-down-wish";
import { wishForLetter } from "./wish-for-letter";

export function requestPasswordReset(services: WishNeeds, visitor: Visitor, input: { email: string }): Promise<void> {
  return wishForLetter(services, visitor, { kind: "reset_password", email: input.email });
}
