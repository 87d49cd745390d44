// Sends somebody to a provider: to sign in, or, when a session asks for it, to connect the provider to its person.
import { findProvider } from "~/server/auth/oauth/oauth-providers";
import { freshProofs, keepAttempt } from "~/server/auth/oauth/sign-in-attempt";
import type { Visitor } from "~/server/auth/visitor";
import type { Services } from "~/server/services";
import { limitAccountDoor } from "./account-limits";
import type { BeginProviderInput } from "./sign-in-methods.contract";

export type LeavingForProvider = {
  location: string;
  /** Goes into the answer's Set-Cookie: the way back is open to this browser only. */
  setCookie: string;
};

type BeginNeeds = Pick<Services, "config" | "clock" | "log" | "redis">;

/** `connects` is the hash of the session that asked, or null. Nothing is written down here: the browser keeps it all, sealed. */
export async function beginProviderSignIn(
  services: BeginNeeds,
  visitor: Visitor,
  { provider: key, to }: BeginProviderInput,
  connects: string | null = null,
): Promise<LeavingForProvider> {
  await limitAccountDoor(services, "provider", { visitor });
  const provider = findProvider(services, key);
  const proofs = freshProofs();
  const location = await provider.authorizationUrl(proofs);
  const setCookie = await keepAttempt(services, { provider: provider.key, ...proofs, to, connects });
  return { location: location.href, setCookie };
}
