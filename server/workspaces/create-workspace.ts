// Makes a workspace with its first owner, inside the transaction that made the person.
import type { Db } from "~/db/client";
import type { Tier } from "~/db/tables/workspaces";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import type { Visitor } from "~/server/auth/visitor";
import type { Clock } from "~/server/clock";
import { newId } from "~/server/ids";
import { insertMembershipAcrossWorkspaces, insertWorkspaceAcrossWorkspaces } from "./workspaces.queries";

const nameCharactersMax = 60;

export type NewWorkspace = {
  ownerUserId: string;
  name: string;
  /** Absent: `free`. */
  tier?: Tier;
  visitor: Pick<Visitor, "traceId" | "ipAddress">;
};

/** Answers the workspace's id. `tx` is a transaction of `services.across`: nobody is a member yet. */
export async function createWorkspace(tx: Db, clock: Clock, input: NewWorkspace): Promise<string> {
  const workspaceId = newId("workspace");
  const createdAt = clock.now();
  const name = Array.from(input.name).slice(0, nameCharactersMax).join("");
  const tier = input.tier ?? "free";
  await insertWorkspaceAcrossWorkspaces(tx, { id: workspaceId, name, tier, createdAt });
  await insertMembershipAcrossWorkspaces(tx, { workspaceId, userId: input.ownerUserId, role: "owner", createdAt });
  await recordWorkspaceAudit(tx, workspaceId, {
    action: "workspace.create",
    actorKind: "user",
    actorId: input.ownerUserId,
    targetKind: "workspace",
    targetId: workspaceId,
    traceId: input.visitor.traceId,
    ipAddress: input.visitor.ipAddress,
    metadata: { name, tier },
  });
  return workspaceId;
}

/** What somebody's first workspace is called. */
export function personalWorkspaceName(displayName: string): string {
  const ending = "'s workspace";
  const room = nameCharactersMax - ending.length;
  return `${Array.from(displayName).slice(0, room).join("")}${ending}`;
}
