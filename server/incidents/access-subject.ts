// Whom something that stays open belongs to: what must end it when that person, workspace, key or session is stopped.
import type { Principal } from "~/server/auth/principal";

/** `run`: a deployment that a worker takes through its stages; the rest is somebody's open connection. */
export const openKinds = ["stream", "call", "watch", "upload", "run"] as const;
export type OpenKind = (typeof openKinds)[number];

export type AccessSubject = {
  kind: OpenKind;
  userId: string;
  workspaceId?: string;
  keyId?: string;
  /** With a workspace it also demands that the person is still a member there. */
  sessionIdHash?: string;
};

/** What is asked about: everything open of one person, workspace or key. */
export type OpenFilter = { userId?: string | undefined; workspaceId?: string | undefined; keyId?: string | undefined };
export type OpenCounts = Record<OpenKind, number>;

/** The caller's own: a key stands for its maker, a session for its person. */
export function subjectOf(kind: OpenKind, principal: Principal, workspaceId?: string): AccessSubject {
  const subject: AccessSubject = { kind, userId: principal.userId };
  if (workspaceId) subject.workspaceId = workspaceId;
  if (principal.kind === "api_key") subject.keyId = principal.keyId;
  else if (principal.sessionIdHash !== "") subject.sessionIdHash = principal.sessionIdHash;
  return subject;
}
