// The runtimes of this installation, for whoever operates it.
import { type ActionFunctionArgs, data, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { RuntimeReportPanel } from "~/app/admin/runtime-reports";
import { StraysPanel } from "~/app/admin/strays-panel";
import { formOf } from "~/app/form-of";
import { pageTitle } from "~/app/page-title";
import { load, submit } from "~/app/rpc";
import { Outcome } from "~/app/ui/outcome";
import { PageHeader } from "~/app/ui/page-header";
import type { Runtime } from "~/db/tables/deployments";

export function meta() {
  return pageTitle("Runtimes");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  return { report: await load({ request, context }, () => context.api().runtimes.report()), now: Date.now() };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const [runtime, deploymentId] = [form.text("runtime") as Runtime, form.text("deploymentId")];
  const given = { reason: form.text("reason"), confirmation: form.text("confirmation") };
  const { runtimes } = context.api();
  const problem = await submit({ request, context }, () => runtimes.removeStranger({ runtime, deploymentId, ...given }));
  return data({ problem, of: `${runtime} ${deploymentId}`, given }, { status: problem ? 400 : 200 });
}

export default function AdminRuntimes() {
  const answer = useActionData<typeof action>();
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
      <Outcome of={answer}>{answer && !answer.problem ? "The stranger is removed; the platform's log says so." : null}</Outcome>
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2 lg:items-start xl:grid-cols-3">
        {report.runtimes.map((runtime) => (
          <RuntimeReportPanel key={runtime.runtime} report={runtime} environment={report.environment} now={now} />
        ))}
      </div>
      <StraysPanel strays={report.strays} tried={answer?.problem ? answer : null} />
    </div>
  );
}
