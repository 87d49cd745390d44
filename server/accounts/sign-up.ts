// Takes a sign-up down: one hash, one row and one ring, whether or not the address has an account (MISSION B3).
import { hashPassword } from "~/server/auth/passwords";
import type { Visitor } from "~/server/auth/visitor";
import { limitAccountDoor } from "./account-limits";
import type { SignUpInput } from "./accounts.contract";
import { takeDownWish, type WishNeeds } from "./take-down-wish";

/** The worker makes the account and posts the letter; see `register-person.ts`. */
export async function signUp(services: WishNeeds, visitor: Visitor, input: SignUpInput): Promise<void> {
  await limitAccountDoor(services, "signUp", { visitor, account: input.email });
  const { password, ...person } = input;
  await takeDownWish(services, visitor, { kind: "sign_up", ...person, passwordHash: await hashPassword(password) });
}
