// What a single-use link opens, and the one answer for a link that opens nothing any more.
import type { Db } from "~/db/client";
import type { UserTokenPurpose } from "~/db/tables/user-tokens";
import { ownerOfLiveToken, redeemUserToken } from "~/server/auth/user-token";
import type { Clock } from "~/server/clock";
import { AppError } from "~/server/errors";
import { lockUserAcrossWorkspaces, setEmailVerifiedAcrossWorkspaces } from "./accounts.queries";

const mends: Record<UserTokenPurpose, string> = {
  verify_email: "Ask for a new letter; if you confirmed it before, simply sign in.",
  reset_password: "Ask for a new one.",
  sign_in: "Start the platform again to get a new one.",
  step_up: "Ask for a new code.",
};

/** Uses the link up and answers its person, whose address is proven by it. Of several racing uses exactly one gets through. */
export async function redeemLink(tx: Db, clock: Clock, link: { token: string; purpose: UserTokenPurpose }) {
  const ownerId = await ownerOfLiveToken(tx, clock, link.token, link.purpose);
  // Before the token, as whoever sends a newer letter does: else the two could wait for each other.
  if (ownerId) await lockUserAcrossWorkspaces(tx, ownerId);
  const userId = ownerId && (await redeemUserToken(tx, clock, link.token, link.purpose));
  const user = userId ? await setEmailVerifiedAcrossWorkspaces(tx, userId, clock.now()) : undefined;
  if (!user) throw deadLink(link.purpose);
  return user;
}

export function deadLink(purpose: UserTokenPurpose): AppError {
  const message = `This link does not work any more: it was used, replaced by a newer one, or is too old. ${mends[purpose]}`;
  return new AppError("INVALID_REQUEST", message, { details: { reason: "link_dead" } });
}
