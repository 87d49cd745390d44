// Every procedure's row in the isolation walk, one line for each; a procedure without a line fails the walk (MISSION A3).
import { accountRows } from "./account-rows";
import { agentRows } from "./agent-rows";
import { alertRows } from "./alert-rows";
import { platformRows } from "./platform-rows";
import type { ProcedureRow } from "./procedure-row";
import { workspaceRows } from "./workspace-rows";

export const procedureRows: Readonly<Record<string, ProcedureRow>> = {
  ...accountRows,
  ...platformRows,
  ...agentRows,
  ...alertRows,
  ...workspaceRows,
};
