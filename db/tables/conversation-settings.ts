// Agents that keep what is said to them and what they answer: no row, nothing is kept (MISSION G3).
import type { ColumnClasses } from "./classes";

export type ConversationSettingsTable = {
  agentId: string;
  workspaceId: string;
  /** How long a turn is kept, counted from its call. */
  keepDays: number;
  keptSince: Date;
  /** `user:usr_…` or `api_key:key_…`. */
  setBy: string;
};

export const conversationSettingsColumns: ColumnClasses<ConversationSettingsTable> = {
  agentId: "metadata",
  workspaceId: "metadata",
  keepDays: "metadata",
  keptSince: "metadata",
  setBy: "metadata",
};
