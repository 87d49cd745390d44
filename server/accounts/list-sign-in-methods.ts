// The ways into a person's account that the account page shows: a password, and who vouches for them.
import { offeredProviders, providerNameOf } from "~/server/auth/oauth/oauth-providers";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Services } from "~/server/services";
import { findUserAcrossWorkspaces } from "./accounts.queries";
import { listIdentitiesAcrossWorkspaces } from "./external-identities.queries";
import type { SignInMethods } from "./sign-in-methods.contract";

const shownMax = 50;

export async function listSignInMethods(
  services: Pick<Services, "across" | "clock" | "config" | "log">,
  { userId }: UserPrincipal,
): Promise<SignInMethods> {
  const [user, identities] = await Promise.all([
    findUserAcrossWorkspaces(services.across, userId),
    listIdentitiesAcrossWorkspaces(services.across, userId, shownMax),
  ]);
  return {
    hasPassword: Boolean(user?.passwordHash),
    identities: identities.map(({ id, provider, ...identity }) => ({
      identityId: id,
      providerName: providerNameOf(services, provider),
      ...identity,
    })),
    offered: offeredProviders(services),
  };
}
