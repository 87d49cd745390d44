// Tells whoever watches a deployment that its rows moved.
import type { Services } from "~/server/services";

export function deploymentChannel(deploymentId: string): string {
  return `deployment:${deploymentId}`;
}

/** Call it after the transaction. Never rejects: watchers look at the rows now and then anyway. */
export async function ringWatchers(needs: Pick<Services, "redis" | "log">, deploymentId: string): Promise<void> {
  try {
    await needs.redis.publish(deploymentChannel(deploymentId), "moved");
  } catch (error) {
    needs.log.debug({ deploymentId, err: error }, "watchers could not be rung");
  }
}
