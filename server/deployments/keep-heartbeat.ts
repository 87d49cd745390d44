// Gives a sign of life while a deployment is worked on, and hears that it was cancelled, paused or lost.

import { openAccessOf } from "~/server/incidents/open-access";
import { type Claim, leaseMs } from "./claim-deployment";
import { type Interruption, RunInterrupted, type RunNeeds } from "./held-run";
import { updateHeldAcrossWorkspaces } from "./steps.queries";

const beatMs = 1_000;

export type Heartbeat = { signal: AbortSignal; stop(): void };

/** `draining` is the process's own: its abort interrupts the run as `draining`. */
export function keepHeartbeat(needs: RunNeeds, { key, row }: Claim, draining: AbortSignal): Heartbeat {
  const controller = new AbortController();
  const interrupt = (why: Interruption) => controller.abort(new RunInterrupted(why));
  const onDraining = () => interrupt("draining");
  const subject = { kind: "run", userId: row.createdBy, workspaceId: row.workspaceId } as const;
  const release = openAccessOf(needs).register(subject, () => interrupt("paused"));
  let lastBeat = performance.now();
  let timer: NodeJS.Timeout | null = null;

  async function beat(): Promise<void> {
    try {
      const held = await updateHeldAcrossWorkspaces(needs.across, key, { heartbeatAt: needs.clock.now() });
      lastBeat = performance.now();
      if (!held) interrupt("lease_lost");
      else if (held.cancelRequestedAt) interrupt("cancelled");
    } catch (error) {
      needs.log.warn({ err: error, deploymentId: key.deploymentId }, "a heartbeat could not be written");
      // Nobody saw a sign of life from us: somebody else may have taken over by now.
      if (performance.now() - lastBeat > leaseMs / 2) interrupt("lease_lost");
    }
    if (timer !== null && !controller.signal.aborted) timer = setTimeout(beat, beatMs);
  }

  timer = setTimeout(beat, beatMs);
  if (draining.aborted) onDraining();
  draining.addEventListener("abort", onDraining, { once: true });
  return {
    signal: controller.signal,
    stop: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      release();
      draining.removeEventListener("abort", onDraining);
    },
  };
}
