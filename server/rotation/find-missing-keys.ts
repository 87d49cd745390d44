// Which key-encryption keys are in use, and not in this process's configuration: until they are, what they guard does not open.
import type { Services } from "~/server/services";
import { listKeysInUseAcrossWorkspaces } from "./rotation.queries";

/** Ids; empty when all is well. Costs the same however many workspaces there are. */
export async function findMissingKeys(needs: Pick<Services, "across" | "vault">): Promise<string[]> {
  const present = new Set(needs.vault.keys.map(({ id }) => id));
  return (await listKeysInUseAcrossWorkspaces(needs.across)).filter((id) => !present.has(id));
}
