// Who is in the workspace, and as what.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { Moment } from "~/app/ui/moment";
import { PageHeader } from "~/app/ui/page-header";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";
import { ShortId } from "~/app/ui/short-id";
import { Tag } from "~/app/ui/tag";

export function meta() {
  return pageTitle("Members");
}
export const handle: CrumbHandle = {
  crumb: ({ params }) => ({ label: "Members", to: paths.members(params["workspaceId"] ?? "") }),
};

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const cursor = new URL(request.url).searchParams.get("cursor");
  return load({ request, context }, () =>
    context.api(params["workspaceId"]).workspaces.members({ limit: 50, ...(cursor ? { cursor } : {}) }),
  );
}

export default function Members() {
  const page = useLoaderData<typeof loader>();
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader title="Members" description="The role decides what a person may do here; it is asked at every act." />
      <Panel isFlush>
        <DataTable
          caption="Members"
          head={
            <>
              <HeadCell>Person</HeadCell>
              <HeadCell>Role</HeadCell>
              <HeadCell isWideOnly>User</HeadCell>
              <HeadCell isNumber>Since</HeadCell>
            </>
          }
        >
          {page.items.map((member) => (
            <tr key={member.userId}>
              <Cell className="py-2">
                <p className="font-medium text-ink">{member.displayName}</p>
                <p className="break-all text-ink-3 text-xs">{member.email}</p>
              </Cell>
              <Cell>
                <Tag>{member.role}</Tag>
              </Cell>
              <Cell isWideOnly>
                <ShortId id={member.userId} />
              </Cell>
              <Cell isNumber>
                <Moment at={member.joinedAt} />
              </Cell>
            </tr>
          ))}
        </DataTable>
        <Pager nextCursor={page.nextCursor} shown={page.items.length} noun="members" />
      </Panel>
    </div>
  );
}
