// Takes a version off Cloudflare, and with the last one of an agent the sessions that its versions shared.
import { AppError } from "~/server/errors";
import type { FoundPlacement, PlacedDeployment } from "~/server/providers/provider";
import type { Asked } from "./cloudflare-api";
import { type Room, scriptOf } from "./cloudflare-room";
import { ownerOf, sessionsNameOf } from "./script-name";

const removalsMax = 3;

export async function removeScript(room: Room, target: PlacedDeployment, asked: Asked): Promise<void> {
  await room.inTurn(target, async () => {
    const scripts = await removeUntilGone(room, target, asked);
    const ofAgent = scripts.filter(({ agentId }) => agentId === target.agentId);
    const isLast = ofAgent.every(({ isSessions, deploymentId }) => isSessions || deploymentId === target.deploymentId);
    if (!isLast || !ofAgent.some(({ isSessions }) => isSessions)) return;
    await room.api.remove({ name: sessionsNameOf(room.needs.environment, target.agentId), place: "agents" }, asked);
  });
}

/** Looks whether it is gone: "not found" is also said by whoever has not heard of it yet. Answers what is left. */
async function removeUntilGone(room: Room, target: PlacedDeployment, asked: Asked) {
  const script = scriptOf(room, target);
  for (let time = 0; time < removalsMax; time += 1) {
    await room.api.remove(script, asked);
    const scripts = await listOwned(room, asked);
    const isLeft = scripts.some(({ deploymentId, isSessions }) => deploymentId === target.deploymentId && !isSessions);
    if (!isLeft) return scripts;
  }
  throw new AppError("RUNTIME_ERROR", "Cloudflare still lists the version that it was asked to remove. Try again in a moment.", {
    retryable: true,
    details: { reason: "provider_unavailable" },
  });
}

/** Sessions whose agent has no version left are named by the version that they were made with: destroying that removes them. */
export async function listPlacements(room: Room, asked: Asked): Promise<FoundPlacement[]> {
  const scripts = await listOwned(room, asked);
  const alive = new Set(scripts.filter(({ isSessions }) => !isSessions).map(({ agentId }) => agentId));
  return scripts
    .filter(({ isSessions, agentId }) => !isSessions || !alive.has(agentId))
    .map(({ isSessions, ...placed }) => (isSessions ? { ...placed, isOfAgent: true } : placed));
}

async function listOwned(room: Room, asked: Asked) {
  const scripts = await room.api.list("agents", asked);
  return scripts.flatMap((script) => ownerOf(room.needs.environment, script) ?? []);
}
