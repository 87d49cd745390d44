// Judges everything open at once: one query by primary keys, one verdict for each.
import type { Db } from "~/db/client";
import type { Clock } from "~/server/clock";
import type { AccessSubject } from "./access-subject";
import { type CutReason, cutReasons } from "./cut-error";
import { type EndedKind, findEndedAcrossWorkspaces, type OpenIds } from "./incidents.queries";

const reasonOf: Record<EndedKind, CutReason> = {
  workspace: "workspace_disabled",
  user: "account_disabled",
  api_key: "api_key_ended",
  session: "session_ended",
  membership: "membership_ended",
};

/** Answers a verdict: why this subject may not go on, or null. */
export async function findEnded(
  needs: { across: Db; clock: Clock },
  subjects: readonly AccessSubject[],
): Promise<(subject: AccessSubject) => CutReason | null> {
  const rows = await findEndedAcrossWorkspaces(needs.across, idsOf(subjects), needs.clock.now());
  const ended = new Set(rows.map(({ kind, id }) => `${kind} ${id}`));
  return (subject) => {
    const reasons = namesOf(subject).flatMap(([kind, id]) => (ended.has(`${kind} ${id}`) ? [reasonOf[kind]] : []));
    return cutReasons.find((reason) => reasons.includes(reason)) ?? null;
  };
}

function idsOf(subjects: readonly AccessSubject[]): OpenIds {
  const asked: Record<EndedKind, Set<string>> = {
    user: new Set(),
    workspace: new Set(),
    api_key: new Set(),
    session: new Set(),
    membership: new Set(),
  };
  for (const subject of subjects) {
    for (const [kind, id] of namesOf(subject)) asked[kind].add(id);
  }
  const members = [...asked.membership].map((name) => name.split("/"));
  return {
    userIds: [...asked.user],
    workspaceIds: [...asked.workspace],
    keyIds: [...asked.api_key],
    sessionIdHashes: [...asked.session],
    memberUserIds: members.map(([userId = ""]) => userId),
    memberWorkspaceIds: members.map(([, workspaceId = ""]) => workspaceId),
  };
}

/** A key goes on when its maker leaves the workspace, a session does not. */
function namesOf({ userId, workspaceId, keyId, sessionIdHash }: AccessSubject): [EndedKind, string][] {
  return [
    ["user", userId],
    ...(workspaceId ? ([["workspace", workspaceId]] as [EndedKind, string][]) : []),
    ...(keyId ? ([["api_key", keyId]] as [EndedKind, string][]) : []),
    ...(sessionIdHash ? ([["session", sessionIdHash]] as [EndedKind, string][]) : []),
    ...(sessionIdHash && workspaceId ? ([["membership", `${userId}/${workspaceId}`]] as [EndedKind, string][]) : []),
  ];
}
