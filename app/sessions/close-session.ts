// Ends a session of one's own: nobody can go on with it.
import type { AgentPlace } from "~/app/paths";
import { submit } from "~/app/rpc";
import type { Caller } from "~/server/router";

type Wish = { api: Caller; at: AgentPlace; sessionId: string };

export async function closeSession(place: Parameters<typeof submit>[0], { api, at, sessionId }: Wish) {
  const problem = await submit(place, () => api.invocations.closeSession({ agentId: at.agentId, sessionId }));
  return { problem, closed: problem ? null : sessionId };
}
