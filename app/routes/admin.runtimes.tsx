// The runtimes of this installation, for whoever operates it.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { RuntimeReportPanel } from "~/app/admin/runtime-reports";
import { StraysPanel } from "~/app/admin/strays-panel";
import { pageTitle } from "~/app/page-title";
import { load } from "~/app/rpc";
import { PageHeader } from "~/app/ui/page-header";

export function meta() {
  return pageTitle("Runtimes");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  return { report: await load({ request, context }, () => context.api().runtimes.report()), now: Date.now() };
}

export default function AdminRuntimes() {
  const { report, now } = useLoaderData<typeof loader>();
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Runtimes"
        description={
          <>
            Where agents run. Everything that this installation makes at a provider carries its name,{" "}
            <code className="font-mono text-ink">{report.environment}</code>.
          </>
        }
      />
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2 lg:items-start xl:grid-cols-3">
        {report.runtimes.map((runtime) => (
          <RuntimeReportPanel key={runtime.runtime} report={runtime} environment={report.environment} now={now} />
        ))}
      </div>
      <StraysPanel strays={report.strays} />
    </div>
  );
}
