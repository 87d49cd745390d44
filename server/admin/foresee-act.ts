// What an act would meet now, in numbers: spelled out to the operator before the click.
import { countOpen } from "~/server/incidents/count-open";
import type { Services } from "~/server/services";
import { targetOf } from "./acts.contract";
import type { ActInput, Foresight } from "./admin.contract";
import { nameTarget, type Target } from "./name-target";
import { findForesightAcrossWorkspaces } from "./switches.queries";

/** Rejects with `NOT_FOUND`. The numbers are of this moment; a second later they may be others. */
export async function foreseeAct(
  needs: Pick<Services, "across" | "clock" | "redis" | "log">,
  input: ActInput,
): Promise<Foresight> {
  const target = await nameTarget(needs.across, input.act, input.targetId);
  const { userId, workspaceId } = target;
  const asked = { userId, workspaceId, now: needs.clock.now() };
  const [open, counts] = await Promise.all([
    countOpen(needs, openFilterOf(target)),
    findForesightAcrossWorkspaces(needs.across, asked),
  ]);
  return {
    ...input,
    ...counts,
    liveKeys: targetOf[input.act] === "key" ? Number(!target.isDisabled) : counts.liveKeys,
    name: target.name,
    isDisabled: target.isDisabled,
    openStreams: open && open.stream + open.call,
    openPages: open && open.watch + open.upload,
  };
}

function openFilterOf({ userId, workspaceId, keyId }: Target) {
  return { ...(userId ? { userId } : {}), ...(workspaceId ? { workspaceId } : {}), ...(keyId ? { keyId } : {}) };
}
