// Which agent an address is about.
import type { AgentPlace } from "~/app/paths";

export function placeOf(params: Record<string, string | undefined>): AgentPlace {
  return { workspaceId: params["workspaceId"] ?? "", agentId: params["agentId"] ?? "" };
}
