// Who is in the workspace, as what.
import { Link } from "@remix-run/react";
import { paths } from "~/app/paths";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { LinkButton } from "~/app/ui/link-button";
import { Moment } from "~/app/ui/moment";
import { Tag } from "~/app/ui/tag";
import { grantAreaWords, roleWords } from "~/server/auth/role-words.contract";
import type { MemberItem } from "~/server/workspaces/members.contract";

export function MembersTable({ members, workspaceId }: { members: MemberItem[]; workspaceId: string }) {
  return (
    <DataTable
      caption="Members"
      head={
        <>
          <HeadCell>Person</HeadCell>
          <HeadCell>Role</HeadCell>
          <HeadCell isWideOnly>Beside the role</HeadCell>
          <HeadCell isNumber isWideOnly>
            Since
          </HeadCell>
          <HeadCell isNumber>
            <span className="sr-only">Act</span>
          </HeadCell>
        </>
      }
    >
      {members.map((member) => (
        <MemberRow key={member.userId} member={member} to={paths.member(workspaceId, member.userId)} />
      ))}
    </DataTable>
  );
}

function MemberRow({ member, to }: { member: MemberItem; to: string }) {
  return (
    <tr>
      <Cell className="max-w-64 py-2">
        <p className="flex items-center gap-2">
          <Link to={to} className="truncate rounded font-medium text-ink underline-offset-4 hover:underline">
            {member.displayName}
          </Link>
          {member.isYou ? <Tag>you</Tag> : null}
        </p>
        <p className="break-all text-ink-3 text-xs">{member.email}</p>
      </Cell>
      <Cell>
        <Tag>{roleWords[member.role].title}</Tag>
      </Cell>
      <Cell isWideOnly>
        <AreaTags areas={member.areas} />
      </Cell>
      <Cell isNumber isWideOnly>
        <Moment at={member.joinedAt} />
      </Cell>
      <Cell isNumber>
        {member.isManageable ? (
          <LinkButton to={to} tone="quiet" size="small" aria-label={`Change ${member.displayName}`}>
            Change
          </LinkButton>
        ) : null}
      </Cell>
    </tr>
  );
}

/** What was granted or withheld, in words. */
export function AreaTags({ areas }: { areas: MemberItem["areas"] }) {
  const set = Object.entries(grantAreaWords).flatMap(([area, { title }]) => {
    const isGranted = areas[area as keyof typeof areas];
    return isGranted === undefined ? [] : [{ area, words: isGranted ? `+ ${title}` : `no ${title.toLowerCase()}` }];
  });
  return (
    <span className="flex flex-wrap gap-1">
      {set.map(({ area, words }) => (
        <Tag key={area}>{words}</Tag>
      ))}
    </span>
  );
}
