// One use of a switch: who flips it, upon what, why; and what came of it, for the log and for the answer.
import type { AuditAct } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Services } from "~/server/services";

export type ActNeeds = Pick<Services, "across" | "clock" | "config" | "log" | "providers" | "queue" | "redis">;

export type ActCall = { operator: UserPrincipal; targetId: string; reason: string; at: Date };

export type Outcome = {
  /** What each affected workspace reads in its own log. */
  entries: { workspaceId: string; act: AuditAct }[];
  /** What the platform's log keeps. */
  act: AuditAct;
  sessionsEnded: number;
  keysRevoked: number;
};

/** More workspaces than this are not told one by one; the platform's entry then says how many there were. */
export const workspacesToldMax = 5_000;

/** The same words in every workspace. */
export function tellAll(workspaceIds: readonly string[], act: AuditAct): Outcome["entries"] {
  return workspaceIds.map((workspaceId) => ({ workspaceId, act }));
}
