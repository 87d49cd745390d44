// Where a kept turn belongs: what is sealed for one session opens in no other, nor for another agent or workspace.
import type { SealedPlace } from "~/server/vault/vault";

export type TurnIdentity = { workspaceId: string; agentId: string; sessionId: string; turnId: string };

export function turnPlace({ workspaceId, agentId, sessionId, turnId }: TurnIdentity): SealedPlace {
  return { ownerId: workspaceId, kind: "conversation_turn", id: `${agentId}/${sessionId}`, name: turnId, version: 1 };
}
