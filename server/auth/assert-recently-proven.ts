// Step-up: a dangerous act wants a person who has shown within the last minutes who they are (MISSION B7).
import type { Clock } from "~/server/clock";
import { AppError } from "~/server/errors";
import type { Principal } from "./principal";

/** How long a proof counts: long enough for one errand, too short for a browser that was left open. */
export const proofMs = 15 * 60_000;

/** Throws `UNAUTHORIZED` with reason `step_up_required`; for an API key, which can prove nothing, without it. */
export function assertRecentlyProven(needs: { clock: Clock }, principal: Principal): void {
  if (principal.kind !== "user") throw new AppError("UNAUTHORIZED", "An API key cannot do this; sign in.");
  if (needs.clock.now().getTime() - principal.provenAt.getTime() <= proofMs) return;
  throw new AppError("UNAUTHORIZED", "Confirm that it is you, then try again: this act asks for a fresh proof.", {
    details: { reason: "step_up_required" },
  });
}
