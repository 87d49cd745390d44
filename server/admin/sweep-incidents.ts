// Stops again what a switch could not reach at once, and notes in the log whom the configuration names as operators now.
import { stopAgents } from "~/server/deployments/stop-agents";
import type { Services } from "~/server/services";
import { noteSuperAdmins } from "./note-super-admins";
import { listLatelyDisabledAcrossWorkspaces } from "./sweep.queries";

type Needs = Pick<Services, "across" | "clock" | "config" | "log" | "providers">;

/** No launch is granted to a disabled workspace, so after this long nothing of it can run any more. */
const lateMs = 10 * 60_000;
const workspacesMax = 100;

/** Idempotent. */
export async function sweepIncidents(needs: Needs): Promise<void> {
  await noteSuperAdmins(needs);
  const since = new Date(needs.clock.now().getTime() - lateMs);
  const disabled = await listLatelyDisabledAcrossWorkspaces(needs.across, since, workspacesMax);
  for (const { id } of disabled) await stopAgents(needs, id);
}
