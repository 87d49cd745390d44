// Where agents of this workspace can run: the runtimes of this installation and how each is.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { RuntimeCard } from "~/app/runtimes/runtime-card";
import { PageHeader } from "~/app/ui/page-header";
import { useMay } from "~/app/workspaces/use-may";

export function meta() {
  return pageTitle("Runtimes");
}
export const handle: CrumbHandle = {
  crumb: ({ params }) => ({ label: "Runtimes", to: paths.runtimes(params["workspaceId"] ?? "") }),
};

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const workspaceId = params["workspaceId"] ?? "";
  const { runtimes } = await load({ request, context }, () => context.api(workspaceId).runtimes.list());
  return { workspaceId, runtimes, now: Date.now() };
}

export default function Runtimes() {
  const { workspaceId, runtimes, now } = useLoaderData<typeof loader>();
  const may = useMay();
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Runtimes"
        description="Where agents run. The same bundle goes to any runtime that its manifest names; an agent's settings move it from one to another."
      />
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2 xl:grid-cols-3">
        {runtimes.map((state) => (
          <RuntimeCard key={state.runtime} state={state} workspaceId={workspaceId} maySeePlans={may("billing.read")} now={now} />
        ))}
      </div>
    </div>
  );
}
