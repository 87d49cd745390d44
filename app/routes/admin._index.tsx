// The platform at a glance, and the widest switch.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { DoneNotice } from "~/app/admin/done-notice";
import { PartsPanel, QueuePanel, SweepsPanel } from "~/app/admin/platform-panels";
import { SwitchList } from "~/app/admin/switch-list";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { FigureStrip } from "~/app/ui/figure-strip";
import { LinkButton } from "~/app/ui/link-button";
import { agoWords, countWords } from "~/app/ui/measures";
import { PageHeader } from "~/app/ui/page-header";

export function meta() {
  return pageTitle("Platform");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  return { overview: await load({ request, context }, () => context.api().admin.overview()), now: Date.now() };
}

export default function AdminOverview() {
  const { overview, now } = useLoaderData<typeof loader>();
  const { deployments } = overview;
  const oldest = deployments.oldestQueuedAt;
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Platform"
        description="How it is, and the switches for when something goes wrong. Every act here is written into the log."
        actions={<LinkButton to={paths.adminUsers({ only: "disabled" })}>Disabled accounts</LinkButton>}
      />
      <DoneNotice />
      <FigureStrip
        label="Figures"
        figures={[
          { label: "People", value: countWords(overview.users), note: `${overview.disabledUsers} disabled` },
          { label: "Workspaces", value: countWords(overview.workspaces), note: `${overview.disabledWorkspaces} disabled` },
          { label: "Signed in", value: countWords(overview.sessions), note: "sessions" },
          {
            label: "Waiting",
            value: countWords(deployments.queued),
            note: oldest ? `oldest ${agoWords(oldest, now)}` : "nothing is stuck",
          },
        ]}
      />
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-2 lg:items-start">
        <PartsPanel parts={overview.parts} />
        <QueuePanel deployments={deployments} purges={overview.purges} />
      </div>
      <SweepsPanel sweeps={overview.sweeps} />
      <SwitchList
        targetId="everybody"
        lines={[
          {
            act: "end_every_session",
            title: "Sign everybody out",
            text: "For a stolen session store or a leaked secret: every browser but this one has to sign in again.",
            button: "Sign everybody out…",
          },
        ]}
      />
    </div>
  );
}
