// The platform's own log, or one workspace's, for the operator.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { LogList } from "~/app/admin/log-list";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { LinkButton } from "~/app/ui/link-button";
import { PageHeader } from "~/app/ui/page-header";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";
import { shortened } from "~/app/ui/short-id";

export function meta() {
  return pageTitle("Platform log");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  const query = new URL(request.url).searchParams;
  const asked = (name: string, key: string) => (query.get(name) ? { [key]: query.get(name)?.slice(0, 40) } : {});
  const filter = { ...asked("workspace", "workspaceId"), ...asked("about", "about"), ...asked("cursor", "cursor") };
  const page = await load({ request, context }, () => context.api().admin.audit({ ...filter, limit: 50 }));
  return { page, workspace: query.get("workspace"), about: query.get("about") };
}

export default function AdminAudit() {
  const { page, workspace, about } = useLoaderData<typeof loader>();
  const isNarrowed = workspace !== null || about !== null;
  const whose = workspace ? `of the workspace ${shortened(workspace)}` : "of the platform: sign-ins, operators, its own acts";
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Log"
        description={`The log ${whose}${about ? `, about ${shortened(about)}` : ""}. Entries are added, never changed.`}
        actions={isNarrowed ? <LinkButton to={paths.adminAudit()}>The whole platform log</LinkButton> : null}
      />
      <Panel isFlush>
        <LogList items={page.items} />
        <Pager nextCursor={page.nextCursor} shown={page.items.length} noun="entries" />
      </Panel>
    </div>
  );
}
