// A sign-in that waits for its second factor: how long, how often it may be tried, and the cookie that names it.
import { type ShortCookie, shortCookie } from "~/server/auth/short-cookie";
import type { Config } from "~/server/config";

export const pendingSignInMs = 10 * 60_000;

/** Wrong codes until the first factor has to be shown again. */
export const pendingSignInTriesMax = 5;

export function pendingSignInCookie(config: Pick<Config, "isProduction">): ShortCookie {
  return shortCookie(config, "second_factor");
}
