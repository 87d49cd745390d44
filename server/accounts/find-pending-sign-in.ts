// Whether this browser's sign-in waits for its second factor.
import type { Services } from "~/server/services";
import { sha256Hex } from "~/server/sha256";
import { pendingSignInTriesMax } from "./pending-sign-in";
import { findLivePendingSignInAcrossWorkspaces } from "./pending-sign-ins.queries";
import type { PendingSignIn } from "./second-factors.contract";

/** Null when it does not; `name` is the value of the browser's cookie. */
export async function findPendingSignIn(
  services: Pick<Services, "across" | "clock">,
  name: string | null,
): Promise<PendingSignIn | null> {
  const presented = { idHash: sha256Hex(name ?? ""), now: services.clock.now(), triesMax: pendingSignInTriesMax };
  const row = name ? await findLivePendingSignInAcrossWorkspaces(services.across, presented) : undefined;
  return row ? { expiresAt: row.expiresAt } : null;
}
