// Single-use tokens that travel by mail or console: 32 random bytes in hex, of which only the SHA-256 is kept (MISSION B3).
import { randomBytes, randomInt } from "node:crypto";
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

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How long each kind may wait for its person. The sign-in link is shown on the operator's own console only. */
export const tokenLifetimeMs: Record<UserTokenPurpose, number> = {
  verify_email: 24 * hourMs,
  reset_password: hourMs,
  sign_in: hourMs,
  step_up: 10 * minuteMs,
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

type CodeOwner = TokenOwner & {
  /** What else must be shown with the code, such as the session that asked for it: eight digits alone could be guessed. */
  boundTo: string;
};

const codeDigits = 8;

/** A fresh code of eight digits to be typed by hand; older ones of the same person and purpose stop working. */
export async function issueUserCode(tx: Db, clock: Clock, { boundTo, ...owner }: CodeOwner): Promise<string> {
  const now = clock.now();
  const code = String(randomInt(10 ** codeDigits)).padStart(codeDigits, "0");
  await setTokensUsedAcrossWorkspaces(tx, owner, now);
  await insertTokenAcrossWorkspaces(tx, {
    ...owner,
    tokenHash: codeHash(boundTo, code),
    expiresAt: new Date(now.getTime() + tokenLifetimeMs[owner.purpose]),
    createdAt: now,
  });
  return code;
}

/** Uses the code up; false for any other code, another binding, or a later one of several racing uses. */
export async function redeemUserCode(tx: Db, clock: Clock, { boundTo, ...owner }: CodeOwner, code: string): Promise<boolean> {
  const tokenHash = codeHash(boundTo, code.replace(/\D/g, ""));
  const row = await setTokenUsedIfLiveAcrossWorkspaces(tx, { tokenHash, purpose: owner.purpose, now: clock.now() });
  return row?.userId === owner.userId;
}

function codeHash(boundTo: string, code: string): string {
  return sha256Hex(`${boundTo}:${code}`);
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
