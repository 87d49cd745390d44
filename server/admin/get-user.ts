// One person as the operator sees them: facts, ways in, where they belong, where they are signed in, what keys they made.

import { sessionNameLength } from "~/server/accounts/accounts.contract";
import { describeDevice } from "~/server/accounts/describe-device";
import { listLiveSessionsAcrossWorkspaces } from "~/server/auth/sessions.queries";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { AdminUser } from "./admin.contract";
import {
  findSignInWaysAcrossWorkspaces,
  findUserAcrossWorkspaces,
  listKeysAcrossWorkspaces,
  listMembershipsAcrossWorkspaces,
} from "./admin.queries";
import { toFoundUser } from "./find-users";

const shownMax = 100;

/** Rejects with `NOT_FOUND`. */
export async function getUser(services: Pick<Services, "across" | "clock" | "config">, userId: string): Promise<AdminUser> {
  const { across, clock } = services;
  const row = await findUserAcrossWorkspaces(across, userId);
  if (!row) throw notFound("account");
  const [ways, workspaces, sessions, keys] = await Promise.all([
    findSignInWaysAcrossWorkspaces(across, userId),
    listMembershipsAcrossWorkspaces(across, userId, shownMax),
    listLiveSessionsAcrossWorkspaces(across, userId, { now: clock.now(), limit: shownMax }),
    listKeysAcrossWorkspaces(across, { userId }, shownMax),
  ]);
  return {
    ...toFoundUser(services, row),
    disabledReason: row.disabledReason,
    signInWays: [...(row.hasPassword ? ["password"] : []), ...ways],
    workspaces,
    keys,
    sessions: sessions.map(({ idHash, userAgent, ipAddress, createdAt, lastUsedAt }) => ({
      sessionId: idHash.slice(0, sessionNameLength),
      device: describeDevice(userAgent),
      ipAddress,
      createdAt,
      lastUsedAt,
    })),
  };
}
