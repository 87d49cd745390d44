// Says by name alone that a credential was used; which one of that name is looked up.
import type { Config } from "~/server/config";
import type { ConfigVariable } from "~/server/config-variables";
import type { Services } from "~/server/services";
import { listCredentials } from "./list-credentials";
import { noteCredentialUse } from "./note-credential-use";

type Needs = Pick<Services, "across" | "clock" | "log"> & { config: Config };

/** For variables that hold one credential. Never throws, never waits. */
export function useCredential(needs: Needs, name: ConfigVariable): void {
  void listCredentials(needs.config)
    .then((listed) => {
      const one = listed.find((credential) => credential.name === name);
      if (one) noteCredentialUse(needs, name, one.fingerprint);
    })
    .catch((error: unknown) => needs.log.warn({ err: error, name }, "the use of a credential could not be noted"));
}
