// Hears from other processes that an agent changed, so that the next call already sees it; without Redis it takes up to a second.
import { agentChangedChannel } from "~/server/agents/agent-changes";
import type { Services } from "~/server/services";

/** Calls `onChange` with the agent's id until stopped. */
export function followAgentChanges(
  needs: Pick<Services, "redis" | "log">,
  onChange: (agentId: string) => void,
): { stop(): void } {
  const subscriber = needs.redis.duplicate({ lazyConnect: false, enableReadyCheck: false });
  subscriber.on("error", (error) => needs.log.debug({ err: error }, "agent changes are not heard just now"));
  subscriber.on("message", (_channel, agentId) => onChange(agentId));
  let isStopped = false;
  // At every connection anew: the first one may come long after we started.
  subscriber.on("ready", () => {
    subscriber.subscribe(agentChangedChannel).catch((error: unknown) => {
      if (!isStopped) needs.log.warn({ err: error }, "agent changes are not heard; calls notice them within a second");
    });
  });
  return {
    stop: () => {
      isStopped = true;
      subscriber.disconnect();
    },
  };
}
