// Everybody with an account, found by a part of name or address, for the operator.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { findOf } from "~/app/admin/find-of";
import { SearchForm } from "~/app/admin/search-form";
import { UsersTable } from "~/app/admin/users-table";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { PageHeader } from "~/app/ui/page-header";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";

export function meta() {
  return pageTitle("People");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  const find = findOf(request);
  return { find, page: await load({ request, context }, () => context.api().admin.users({ ...find, limit: 50 })) };
}

export default function AdminUsers() {
  const { find, page } = useLoaderData<typeof loader>();
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader title="People" description="Everybody with an account on this platform." />
      <SearchForm label="Find a person" help="ada@example.com, a name, or usr_…" find={find} here={paths.adminUsers()} />
      <Panel isFlush>
        <UsersTable users={page.items} />
        <Pager nextCursor={page.nextCursor} shown={page.items.length} noun="people" />
      </Panel>
    </div>
  );
}
