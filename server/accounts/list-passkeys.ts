// A person's passkeys.
import type { UserPrincipal } from "~/server/auth/principal";
import type { Services } from "~/server/services";
import { type PasskeyItem, passkeysMax } from "./passkeys.contract";
import { listPasskeysAcrossWorkspaces } from "./passkeys.queries";

export async function listPasskeys({ across }: Pick<Services, "across">, user: UserPrincipal): Promise<PasskeyItem[]> {
  const rows = await listPasskeysAcrossWorkspaces(across, user.userId, passkeysMax);
  return rows.map(({ id, name, isBackedUp, createdAt, lastUsedAt }) => ({
    passkeyId: id,
    name,
    isBackedUp,
    createdAt,
    lastUsedAt,
  }));
}
