// One person, for the operator.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { AdminKeys } from "~/app/admin/admin-keys";
import { DoneNotice } from "~/app/admin/done-notice";
import { LogList } from "~/app/admin/log-list";
import { UserFacts, UserSessions, UserSwitches, UserWorkspaces } from "~/app/admin/user-panels";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { LinkButton } from "~/app/ui/link-button";
import { PageHeader } from "~/app/ui/page-header";
import { Panel } from "~/app/ui/panel";

export function meta() {
  return pageTitle("Person");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const userId = params["userId"] ?? "";
  const { admin } = context.api();
  const [user, log] = await load({ request, context }, () =>
    Promise.all([admin.user({ userId }), admin.audit({ about: userId, limit: 10 })]),
  );
  return { user, log };
}

export default function AdminPerson() {
  const { user, log } = useLoaderData<typeof loader>();
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader title={user.displayName} description={user.email} />
      <DoneNotice />
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-2 lg:items-start">
        <UserFacts user={user} />
        <UserSwitches user={user} />
        <UserWorkspaces workspaces={user.workspaces} />
        <UserSessions sessions={user.sessions} />
      </div>
      <Panel title="Keys they made" isFlush>
        <AdminKeys keys={user.keys} showsWorkspace />
      </Panel>
      <Panel
        title="Lately, in the platform's log"
        isFlush
        actions={
          <LinkButton tone="quiet" size="small" to={paths.adminAudit({ about: user.userId })}>
            All
          </LinkButton>
        }
      >
        <LogList items={log.items} />
      </Panel>
    </div>
  );
}
