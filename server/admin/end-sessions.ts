// Signs people out: one, the members of a workspace, or everybody. The operator's own present session stays, to go on working with.
import type { Tx } from "~/db/transaction";
import type { ActCall, ActNeeds, Outcome } from "./act-call";
import { tellAll, workspacesToldMax } from "./act-call";
import type { TargetKind } from "./acts.contract";
import { deleteSessionsAcrossWorkspaces, findWorkspaceIdsOfAcrossWorkspaces } from "./switches.queries";

export function endSessions(of: Exclude<TargetKind, "key">) {
  return async (tx: Tx, _needs: ActNeeds, { targetId, operator, reason }: ActCall): Promise<Outcome> => {
    const whose = of === "user" ? { userId: targetId } : of === "workspace" ? { workspaceId: targetId } : {};
    const ended = await deleteSessionsAcrossWorkspaces(tx, whose, operator.sessionIdHash);
    const people = [...new Set(ended)];
    const told =
      of === "workspace"
        ? [targetId]
        : await findWorkspaceIdsOfAcrossWorkspaces(tx, peopleOf(of, targetId, people), workspacesToldMax);
    const target = of === "everybody" ? {} : { targetKind: of, targetId };
    const act = { action: "session.revoke_all", ...target, metadata: { reason } };
    const counted = {
      ...act,
      metadata: { reason, sessionsEnded: ended.length, people: people.length, workspacesTold: told.length },
    };
    return { entries: tellAll(told, act), act: counted, sessionsEnded: ended.length, keysRevoked: 0 };
  };
}

/** One person's workspaces are told also when there was no session to end. */
function peopleOf(of: TargetKind, targetId: string, people: string[]): string[] {
  return of === "user" ? [targetId] : people;
}
