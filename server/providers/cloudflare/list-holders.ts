// Which versions hold secrets, and which of each: asked of the scripts themselves, so what is said is what answers calls.
import { AppError } from "~/server/errors";
import type { PlacedDeployment, SecretHolder } from "~/server/providers/provider";
import type { Room } from "./cloudflare-room";
import { listPlacements } from "./remove-script";
import { readState } from "./wait-until-ready";

const atOnceMax = 32;

/** Rejects when one does not answer: what it holds is then not known. */
export async function listHolders(room: Room, deploymentIds: readonly string[], signal: AbortSignal): Promise<SecretHolder[]> {
  if (deploymentIds.length === 0) return [];
  const asked = new Set(deploymentIds);
  const placed = (await listPlacements(room, { signal, code: "RUNTIME_ERROR" })).filter(
    (one) => !one.isOfAgent && asked.has(one.deploymentId),
  );
  const waiting = placed.values();
  const holders: SecretHolder[] = [];
  const work = async () => {
    for (const target of waiting) holders.push(...(await holderOf(room, target, signal)));
  };
  await Promise.all(Array.from({ length: Math.min(atOnceMax, placed.length) }, work));
  return holders;
}

async function holderOf(room: Room, target: PlacedDeployment, signal: AbortSignal): Promise<SecretHolder[]> {
  try {
    const { deploymentId, secretVersions } = await readState(room, target, signal);
    return [{ deploymentId, secretVersions }];
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "NOT_FOUND") return [];
    throw thrown;
  }
}
