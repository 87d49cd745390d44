// Asks a signed-in person's browser for one of their own passkeys.
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import type { Services } from "~/server/services";
import { limitAccountDoor } from "./account-limits";
import { askForPasskey } from "./begin-passkey-sign-in";
import { passkeysMax } from "./passkeys.contract";
import { listPasskeysAcrossWorkspaces } from "./passkeys.queries";

type BeginNeeds = Pick<Services, "across" | "clock" | "config" | "redis">;

export async function beginPasskeyProof(services: BeginNeeds, user: UserPrincipal, visitor: Visitor) {
  await limitAccountDoor(services, "challenge", { visitor });
  const own = await listPasskeysAcrossWorkspaces(services.across, user.userId, passkeysMax);
  return askForPasskey(services, { purpose: "confirm", userId: user.userId }, own);
}
