// Says by name and place alone that a credential was used; its fingerprint is looked up.
import type { Config } from "~/server/config";
import type { ConfigVariable } from "~/server/config-variables";
import type { Services } from "~/server/services";
import { listCredentials } from "./list-credentials";
import { noteCredentialUse } from "./note-credential-use";

type Needs = Pick<Services, "across" | "clock" | "log"> & { config: Config };

const stepMs = 60_000;
/** So that whoever uses one thousands of times a second pays for looking at a clock. */
const said = new WeakMap<Config, Map<string, number>>();

/** `place`: of several with this name, the current one first. Never throws, never waits, counts once a minute. */
export function useCredential(needs: Needs, name: ConfigVariable, place = 0): void {
  const [times, key, now] = [
    said.get(needs.config) ?? new Map<string, number>(),
    `${name} ${place}`,
    needs.clock.now().getTime(),
  ];
  if (Math.abs(now - (times.get(key) ?? Number.NEGATIVE_INFINITY)) < stepMs) return;
  said.set(needs.config, times.set(key, now));
  const one = listCredentials(needs.config).filter((credential) => credential.name === name)[place];
  if (one) noteCredentialUse(needs, name, one.fingerprint);
}
