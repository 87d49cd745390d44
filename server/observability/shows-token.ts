// Whether a scraper shows the token: compared in a time that tells nothing of it.
import { createHash, timingSafeEqual } from "node:crypto";

/** `authorization` as it came. */
export function showsToken(authorization: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(authorization ?? ""), digest(`Bearer ${token}`));
}
