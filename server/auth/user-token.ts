// Single-use tokens that travel by mail or console: 32 random bytes in hex, of which only the SHA-256 is kept (MISSION B3).
import { randomBytes } from "node:crypto";
import type { Db } from "~/db/client";
import type { UserTokenPurpose } from "~/db/tables/user-tokens";
import type { Clock } from "~/server/clock";
import { sha256Hex } from "~/server/sha256";
import {
  findLiveTokenAcrossWorkspaces,
  insertTokenAcrossWorkspaces,
  setTokensUsedAcrossWorkspaces,
  setTokenUsedIfLiveAcrossWorkspaces,
} from "./user-token.queries";

const hourMs = 60 * 60 * 1_000;

/** How long each kind may wait for its person. The sign-in link is shown on the operator's own console only. */
export const tokenLifetimeMs: Record<UserTokenPurpose, number> = {
  verify_email: 24 * hourMs,
  reset_password: hourMs,
  sign_in: hourMs,
};

type TokenOwner = { userId: string; purpose: UserTokenPurpose };

/** A fresh token; older ones of the same person and purpose stop working. */
export async function issueUserToken(tx: Db, clock: Clock, owner: TokenOwner): Promise<string> {
  const now = clock.now();
  const token = randomBytes(32).toString("hex");
  await setTokensUsedAcrossWorkspaces(tx, owner, now);
  await insertTokenAcrossWorkspaces(tx, {
    ...owner,
    tokenHash: sha256Hex(token),
    expiresAt: new Date(now.getTime() + tokenLifetimeMs[owner.purpose]),
    createdAt: now,
  });
  return token;
}

/** Uses the token up and says whose it was; of several racing uses exactly one gets an answer. */
export async function redeemUserToken(tx: Db, clock: Clock, token: string, purpose: UserTokenPurpose): Promise<string | null> {
  const row = await setTokenUsedIfLiveAcrossWorkspaces(tx, { tokenHash: sha256Hex(token), purpose, now: clock.now() });
  return row?.userId ?? null;
}

/** Whose it is when it would be redeemed now, else null: asked before costly work. */
export async function ownerOfLiveToken(db: Db, clock: Clock, token: string, purpose: UserTokenPurpose): Promise<string | null> {
  const row = await findLiveTokenAcrossWorkspaces(db, { tokenHash: sha256Hex(token), purpose, now: clock.now() });
  return row?.userId ?? null;
}
