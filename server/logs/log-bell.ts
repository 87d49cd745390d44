// Tells those who watch an agent's log that lines came; the rows are the truth.
import type { Services } from "~/server/services";

/** Redis channel. */
export function logChannel(agentId: string): string {
  return `agent-log:${agentId}`;
}

/** Call it after the transaction. Never rejects: who misses it looks every few seconds anyway. */
export function ringLogs(needs: Pick<Services, "redis" | "log">, agentId: string): void {
  needs.redis.publish(logChannel(agentId), "").catch((error: unknown) => {
    needs.log.debug({ err: error, agentId }, "new log lines could not be announced");
  });
}
