// Finds people by a part of their name or address, or by their whole id; the newest first.
import { isSuperAdmin } from "~/server/auth/is-super-admin";
import { pageOfRows, rowsFor } from "~/server/page-of-rows";
import type { Services } from "~/server/services";
import type { Page } from "~/server/zod-shapes";
import type { FindInput, FoundUser } from "./admin.contract";
import { listUsersAcrossWorkspaces } from "./admin.queries";

export async function findUsers(services: Pick<Services, "across" | "config">, input: FindInput): Promise<Page<FoundUser>> {
  const { search, isDisabled, limit, cursor = null } = input;
  const rows = await listUsersAcrossWorkspaces(services.across, { search, isDisabled, before: cursor, limit: rowsFor(limit) });
  return pageOfRows(rows, limit, { cursorOf: (row) => row.userId, toItem: (row) => toFoundUser(services, row) });
}

type UserRow = Awaited<ReturnType<typeof listUsersAcrossWorkspaces>>[number];

/** Whether somebody operates the platform is judged as their session would be. */
export function toFoundUser({ config }: Pick<Services, "config">, row: UserRow): FoundUser {
  const { userId, email, displayName, disabledAt, createdAt } = row;
  const isVerified = row.emailVerifiedAt !== null;
  return { userId, email, displayName, isSuperAdmin: isSuperAdmin(config, row), isVerified, disabledAt, createdAt };
}
