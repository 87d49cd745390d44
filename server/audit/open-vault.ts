// The vault of a process, with what it must not know itself: where refusals are written down, and that its keys are in use.
import type { Db } from "~/db/client";
import { fingerprintOfKey } from "~/server/credentials/list-credentials";
import { noteCredentialUse } from "~/server/credentials/note-credential-use";
import type { Services } from "~/server/services";
import { createVault } from "~/server/vault/create-vault";
import type { Vault } from "~/server/vault/vault";
import { RefusedOpenings } from "./refused-openings";

/** `forVault`: connections of its own, for it is asked from within transactions. */
export function openVault(needs: Pick<Services, "across" | "clock" | "config" | "log"> & { forVault: Db }): Vault {
  const refused = new RefusedOpenings({ ...needs, across: needs.forVault });
  return createVault({
    across: needs.forVault,
    keyEncryption: needs.config.keyEncryption,
    clock: needs.clock,
    onRefusal: (place, reason) => refused.note(place, reason),
    onKeyUse: (kekId) => noteCredentialUse(needs, "KEY_ENCRYPTION_KEY", fingerprintOfKey({ id: kekId })),
  });
}
