// What the person who looks may do in this workspace: screens leave out what would be refused. The server judges all the same.
import { useRouteLoaderData } from "@remix-run/react";
import type { loader } from "~/app/routes/w.$workspaceId";
import type { Action } from "~/server/auth/permissions";

export function useMay(): (action: Action) => boolean {
  const may = useRouteLoaderData<typeof loader>("routes/w.$workspaceId")?.workspace.may ?? [];
  return (action) => may.includes(action);
}
