// Who reaches which connected system, and what of it.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load, submit } from "~/app/rpc";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";
import { SystemGrants } from "~/app/workspaces/system-grants";

export function meta() {
  return pageTitle("Connected systems");
}
export const handle: CrumbHandle = {
  crumb: ({ params }) => ({ label: "Connected systems", to: paths.memberSystems(params["workspaceId"] ?? "") }),
};

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const cursor = new URL(request.url).searchParams.get("cursor");
  return load({ request, context }, () =>
    context.api(params["workspaceId"]).systemGrants.list({ limit: 50, ...(cursor ? { cursor } : {}) }),
  );
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const grantId = (await formOf({ request, context })).text("grantId");
  return submit({ request, context }, () => context.api(params["workspaceId"]).systemGrants.withdraw({ grantId }));
}

export default function ConnectedSystems() {
  const page = useLoaderData<typeof loader>();
  return (
    <div className="grid grid-cols-1 gap-6">
      <FormSummary problem={useActionData<typeof action>()} />
      <Panel
        title="Granted"
        description="Nobody reaches a connected system or its data by their role alone, an owner neither: each grant is made here."
        isFlush
      >
        <SystemGrants grants={page.items} />
        <Pager nextCursor={page.nextCursor} shown={page.items.length} noun="grants" />
      </Panel>
    </div>
  );
}
