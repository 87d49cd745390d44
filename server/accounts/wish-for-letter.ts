// Asks for a letter to an address, as often as one may.
import type { LetterWishKind } from "~/db/tables/letter-wishes";
import type { Visitor } from "~/server/auth/visitor";
import { limitAccountDoor } from "./account-limits";
import { takeDownWish, type WishNeeds } from "./take-down-wish";

export async function wishForLetter(
  services: WishNeeds,
  visitor: Visitor,
  wish: { kind: Exclude<LetterWishKind, "sign_up">; email: string },
): Promise<void> {
  await limitAccountDoor(services, "letter", { visitor, account: wish.email });
  await takeDownWish(services, visitor, { ...wish, displayName: null, passwordHash: null });
}
