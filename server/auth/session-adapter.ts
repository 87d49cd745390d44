// What lucia reads and writes, through our own queries: only the SHA-256 of a session id is at rest (MISSION B4).
import type { Adapter } from "lucia";
import type { Db } from "~/db/client";
import type { Clock } from "~/server/clock";
import { sha256Hex } from "~/server/sha256";
import {
  deleteDeadSessionsAcrossWorkspaces,
  deleteSessionAcrossWorkspaces,
  deleteSessionsOfUserAcrossWorkspaces,
  findLiveSessionAcrossWorkspaces,
  insertSessionAcrossWorkspaces,
  setSessionExpiryAcrossWorkspaces,
} from "./sessions.queries";

const absoluteMs = 30 * 24 * 60 * 60 * 1_000;

/** lucia judges times by the system's clock; rows hold the injected clock's times, so both are shifted in passing. */
export function createSessionAdapter(needs: { across: Db; clock: Clock }): Adapter {
  const { across, clock } = needs;
  const toOurs = (date: Date) => new Date(date.getTime() + clock.now().getTime() - Date.now());
  const toLucias = (date: Date) => new Date(date.getTime() - clock.now().getTime() + Date.now());
  return {
    async getSessionAndUser(sessionId) {
      const row = await findLiveSessionAcrossWorkspaces(across, sha256Hex(sessionId), clock.now());
      if (!row) return [null, null];
      const { userId, expiresAt, endsAt, lastUsedAt, provenAt, ...person } = row;
      const attributes = { idleUntil: expiresAt, endsAt, lastUsedAt, provenAt, ipAddress: null, userAgent: null, method: null };
      return [
        { id: sessionId, userId, expiresAt: toLucias(expiresAt), attributes },
        { id: userId, attributes: person },
      ];
    },
    async setSession(session) {
      const now = clock.now();
      await insertSessionAcrossWorkspaces(across, {
        idHash: sha256Hex(session.id),
        userId: session.userId,
        expiresAt: toOurs(session.expiresAt),
        endsAt: new Date(now.getTime() + absoluteMs),
        lastUsedAt: now,
        provenAt: now,
        ipAddress: session.attributes.ipAddress,
        userAgent: session.attributes.userAgent,
        method: session.attributes.method,
        createdAt: now,
      });
    },
    updateSessionExpiration: (sessionId, expiresAt) =>
      setSessionExpiryAcrossWorkspaces(across, sha256Hex(sessionId), toOurs(expiresAt)),
    deleteSession: (sessionId) => deleteSessionAcrossWorkspaces(across, sha256Hex(sessionId)),
    async deleteUserSessions(userId) {
      await deleteSessionsOfUserAcrossWorkspaces(across, userId);
    },
    async deleteExpiredSessions() {
      await deleteDeadSessionsAcrossWorkspaces(across, clock.now());
    },
    // lucia itself never asks; people see their sessions through `listSessions`, which needs what only hashes can name.
    getUserSessions: async () => [],
  };
}
