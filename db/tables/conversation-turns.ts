// One message to an agent and its answer, sealed: only where the agent's people asked for it, and no longer than they said (MISSION G3).
import type { ColumnClasses } from "./classes";
import type { InvocationOutcome } from "./invocations";

export type ConversationTurnsTable = {
  /** Sorts by time. */
  id: string;
  workspaceId: string;
  agentId: string;
  sessionId: string;
  deploymentId: string;
  traceId: string;
  principal: string;
  outcome: InvocationOutcome;
  /** Messages and answer, under the workspace's data key. */
  sealedTurn: Buffer;
  /** Some of it was longer than what is kept of a turn. */
  isCut: boolean;
  startedAt: Date;
  expiresAt: Date;
};

export const conversationTurnsColumns: ColumnClasses<ConversationTurnsTable> = {
  id: "metadata",
  workspaceId: "metadata",
  agentId: "metadata",
  sessionId: "metadata",
  deploymentId: "metadata",
  traceId: "metadata",
  principal: "metadata",
  outcome: "metadata",
  sealedTurn: "sensitive",
  isCut: "metadata",
  startedAt: "metadata",
  expiresAt: "metadata",
};
