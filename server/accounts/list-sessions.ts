// Where a person is signed in.
import type { UserPrincipal } from "~/server/auth/principal";
import { listLiveSessionsAcrossWorkspaces } from "~/server/auth/sessions.queries";
import type { Services } from "~/server/services";
import { type SessionItem, sessionNameLength } from "./accounts.contract";
import { describeDevice } from "./describe-device";

const sessionsMax = 100;

/** The latest used first. */
export async function listSessions(services: Pick<Services, "across" | "clock">, user: UserPrincipal): Promise<SessionItem[]> {
  const at = { now: services.clock.now(), limit: sessionsMax };
  const rows = await listLiveSessionsAcrossWorkspaces(services.across, user.userId, at);
  return rows.map((row) => ({
    sessionId: row.idHash.slice(0, sessionNameLength),
    isCurrent: row.idHash === user.sessionIdHash,
    device: describeDevice(row.userAgent),
    ipAddress: row.ipAddress,
    method: row.method,
    createdAt: row.createdAt,
    lastUsedAt: row.lastUsedAt,
  }));
}
