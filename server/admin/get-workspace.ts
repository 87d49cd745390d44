// One workspace as the operator sees it: plan, people, agents, what is being deployed, keys. No contents.
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { AdminWorkspace } from "./admin.contract";
import {
  findWorkspaceAcrossWorkspaces,
  listAgentsAcrossWorkspaces,
  listKeysAcrossWorkspaces,
  listMembersAcrossWorkspaces,
  listUnfinishedAcrossWorkspaces,
} from "./admin.queries";

const shownMax = 100;

/** Rejects with `NOT_FOUND`. */
export async function getWorkspace(services: Pick<Services, "across">, workspaceId: string): Promise<AdminWorkspace> {
  const { across } = services;
  const workspace = await findWorkspaceAcrossWorkspaces(across, workspaceId);
  if (!workspace) throw notFound("workspace");
  const [members, agents, unfinished, keys] = await Promise.all([
    listMembersAcrossWorkspaces(across, workspaceId, shownMax),
    listAgentsAcrossWorkspaces(across, workspaceId, shownMax),
    listUnfinishedAcrossWorkspaces(across, workspaceId, shownMax),
    listKeysAcrossWorkspaces(across, { workspaceId }, shownMax),
  ]);
  return { ...workspace, members, agents, unfinished, keys };
}
