// Who this member is.

import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { ShortId } from "~/app/ui/short-id";
import { Tag } from "~/app/ui/tag";
import { roleWords } from "~/server/auth/role-words.contract";
import type { MemberItem } from "~/server/workspaces/members.contract";
import { AreaTags } from "./members-table";

export function MemberFacts({ member }: { member: MemberItem }) {
  const { title, summary } = roleWords[member.role];
  return (
    <Panel title={member.displayName} description={member.email}>
      <dl className="grid max-w-2xl grid-cols-[7rem_minmax(0,1fr)] gap-y-3 text-sm">
        <dt className="text-ink-3">Role</dt>
        <dd className="grid gap-1">
          <span className="flex flex-wrap gap-1">
            <Tag>{title}</Tag>
            <AreaTags areas={member.areas} />
          </span>
          <span className="text-ink-2 leading-6">{summary}</span>
        </dd>
        <dt className="text-ink-3">User</dt>
        <dd>
          <ShortId id={member.userId} />
        </dd>
        <dt className="text-ink-3">Since</dt>
        <dd>
          <Moment at={member.joinedAt} />
        </dd>
      </dl>
      {member.isManageable ? null : (
        <p className="mt-4 text-[0.8125rem] text-ink-3 leading-5">
          {member.isYou
            ? "Nobody changes their own role. To go, use Leave in the settings of the workspace."
            : "Your role does not change this member."}
        </p>
      )}
    </Panel>
  );
}
