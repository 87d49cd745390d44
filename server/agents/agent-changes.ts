// Tells every process that an agent is not what its caches say: it was activated, disabled, enabled or deleted.
import type { Services } from "~/server/services";

/** Redis channel; the message is the agent's id. Who missed one finds out when its cache expires. */
export const agentChangedChannel = "agent-changed";

/** Call it after the transaction. Never rejects: the message is a doorbell, the row is the truth. */
export async function announceAgentChange(needs: Pick<Services, "redis" | "log">, agentId: string): Promise<void> {
  try {
    await needs.redis.publish(agentChangedChannel, agentId);
  } catch (error) {
    needs.log.warn({ agentId, err: error }, "a change of an agent could not be announced; caches find out by themselves");
  }
}
