// Rings again for leaks of which nobody was told: the first ring may have been lost with Redis.
import type { Services } from "~/server/services";
import { tellKeyLeakJob } from "./api-keys.jobs";
import { listUntoldLeaksAcrossWorkspaces } from "./key-leaks.queries";

const sweptMax = 100;

export async function sweepKeyLeaks(services: Pick<Services, "across" | "queue">): Promise<void> {
  const untold = await listUntoldLeaksAcrossWorkspaces(services.across, sweptMax);
  for (const { id: keyId } of untold) await services.queue.ring(tellKeyLeakJob, { keyId });
}
