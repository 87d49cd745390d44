// What the house does by itself and what it found: every sweep's last run, recounts with their drift, retention, what was lost and found.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { BudgetRecountsPanel } from "~/app/admin/budget-recounts-panel";
import { SweepsPanel } from "~/app/admin/platform-panels";
import { RecountsPanel, RetentionPanel } from "~/app/admin/sweep-report-tables";
import { pageTitle } from "~/app/page-title";
import { load } from "~/app/rpc";
import { FigureStrip } from "~/app/ui/figure-strip";
import { countOf, countWords, shareWords } from "~/app/ui/measures";
import { PageHeader } from "~/app/ui/page-header";

export function meta() {
  return pageTitle("Sweeps");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { admin } = context.api();
  return load({ request, context }, async () => {
    const [reports, { sweeps }] = await Promise.all([admin.sweeps(), admin.overview()]);
    return { reports, sweeps };
  });
}

export default function AdminSweeps() {
  const { reports, sweeps } = useLoaderData<typeof loader>();
  const { recovered, strays } = reports;
  const { expected, received } = reports.reports;
  const drift = reports.recounts.reduce((sum, run) => sum + run.sumsRepaired, 0);
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Sweeps"
        description="What workers do by themselves, and what they found. A sweep that stops is seen here first."
      />
      <FigureStrip
        label={`The last ${reports.days} days`}
        figures={[
          {
            label: "Calls found again",
            value: countWords(recovered.calls),
            note: recovered.calls === 0 ? "no gateway was lost" : `of ${countOf(recovered.workspaces, "workspace")}`,
          },
          {
            label: "Reports missing",
            value: shareWords(Math.max(0, expected - received), expected),
            note: `${countWords(received)} of ${countWords(expected)} came`,
          },
          {
            label: "Sums repaired",
            value: countWords(drift),
            note: `in ${countOf(reports.recounts.length, "recount")}`,
            isBad: drift > 0,
          },
          {
            label: "Astray now",
            value: countWords(strays.open),
            note: `${countWords(strays.destroyed)} destroyed, ${countWords(strays.placedAgain)} placed again`,
            isBad: strays.open > 0,
          },
        ]}
      />
      <SweepsPanel sweeps={sweeps} />
      <RecountsPanel recounts={reports.recounts} />
      <BudgetRecountsPanel runs={reports.budgetRecounts} />
      <RetentionPanel telemetry={reports.telemetry} />
    </div>
  );
}
