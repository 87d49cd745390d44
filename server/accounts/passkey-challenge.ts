// Challenges for passkeys: bound to the browser that asked by a cookie, answered once, and soon.
import { randomBytes } from "node:crypto";
import type { Db } from "~/db/client";
import type { PasskeyPurpose } from "~/db/tables/passkey-challenges";
import { type ShortCookie, shortCookie } from "~/server/auth/short-cookie";
import { invalidField } from "~/server/errors";
import type { Services } from "~/server/services";
import { sha256Hex } from "~/server/sha256";
import { deleteLiveChallengeAcrossWorkspaces, insertChallengeAcrossWorkspaces } from "./passkeys.queries";

export const challengeMs = 5 * 60_000;
const challengeBytes = 32;

type ChallengeNeeds = Pick<Services, "across" | "clock" | "config">;
/** A sign-in has no owner: who answers is known by the answer only. */
export type ChallengeOwner = { purpose: PasskeyPurpose; userId: string | null };

export function passkeyCookie(config: ChallengeNeeds["config"]): ShortCookie {
  return shortCookie(config, "passkey");
}

/** A fresh challenge, and the Set-Cookie header that binds this browser to it. */
export async function issueChallenge(needs: ChallengeNeeds, owner: ChallengeOwner) {
  const now = needs.clock.now();
  const [browser, challenge] = [randomBytes(32).toString("hex"), randomBytes(challengeBytes)];
  await insertChallengeAcrossWorkspaces(needs.across, {
    ...owner,
    browserHash: sha256Hex(browser),
    challenge: challenge.toString("base64url"),
    expiresAt: new Date(now.getTime() + challengeMs),
    createdAt: now,
  });
  return { challenge, setCookie: passkeyCookie(needs.config).give(browser, challengeMs / 1_000) };
}

/** Uses the challenge up, whatever the answer is worth: of several racing answers one is judged. */
export async function redeemChallenge(
  needs: { across: Db; clock: Services["clock"] },
  browser: string | null,
  owner: ChallengeOwner,
): Promise<string> {
  const presented = { browserHash: sha256Hex(browser ?? ""), ...owner, now: needs.clock.now() };
  const row = browser ? await deleteLiveChallengeAcrossWorkspaces(needs.across, presented) : undefined;
  if (row) return row.challenge;
  throw invalidField("answer", "This took too long, or was answered before. Try again.", "challenge_dead");
}
