// One member of the workspace, with what the caller may change about them.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { toMemberItem } from "./member-item";
import type { MemberItem } from "./members.contract";
import { findMember } from "./members.queries";

export async function getMember(
  services: Pick<Services, "db">,
  scope: WorkspaceScope,
  { userId }: { userId: string },
): Promise<MemberItem> {
  const row = await inWorkspace(services.db, scope, (tx) => findMember(tx, scope, userId));
  if (!row) throw notFound("member");
  return toMemberItem(scope, row);
}
