// Finds workspaces by a part of their name or by their whole id; the newest first.
import { pageOfRows, rowsFor } from "~/server/page-of-rows";
import type { Services } from "~/server/services";
import type { Page } from "~/server/zod-shapes";
import type { FindInput, FoundWorkspace } from "./admin.contract";
import { listWorkspacesAcrossWorkspaces } from "./admin.queries";

export async function findWorkspaces(services: Pick<Services, "across">, input: FindInput): Promise<Page<FoundWorkspace>> {
  const { search, isDisabled, limit, cursor = null } = input;
  const find = { search, isDisabled, before: cursor, limit: rowsFor(limit) };
  const rows = await listWorkspacesAcrossWorkspaces(services.across, find);
  return pageOfRows(rows, limit, {
    cursorOf: (row) => row.workspaceId,
    toItem: ({ disabledReason: _reason, ...item }) => item,
  });
}
