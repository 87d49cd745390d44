// A workspace without agents: what it is for, and the two ways to begin, for those who may.
import { useNavigate } from "@remix-run/react";
import { BundlePicker } from "~/app/bundles/bundle-picker";
import { ExampleCards } from "~/app/bundles/example-cards";
import { GithubForm } from "~/app/bundles/github-form";
import { paths } from "~/app/paths";
import { PageHeader } from "~/app/ui/page-header";
import { useMay } from "~/app/workspaces/use-may";
import type { ExampleItem } from "~/server/bundles/bundles.contract";
import { OthersMakeAgents } from "./others-make-agents";

export function FirstAgent({ workspaceId, examples }: { workspaceId: string; examples: ExampleItem[] }) {
  const navigate = useNavigate();
  if (!useMay()("agent.configure")) return <OthersMakeAgents />;
  return (
    <div className="grid grid-cols-1 gap-8">
      <PageHeader
        title="Put your first agent online"
        description="It runs in its own sandboxed process, answers over one gateway, and every call is measured. Two minutes from here."
      />
      <BundlePicker workspaceId={workspaceId} onAccepted={(uploadId) => navigate(paths.agentNew(workspaceId, uploadId))} />
      <GithubForm action={paths.agentNew(workspaceId)} />
      <section aria-labelledby="examples">
        <h2 id="examples" className="mb-3 font-medium text-sm">
          Or start from an example
        </h2>
        <ExampleCards examples={examples} action={paths.agentNew(workspaceId)} />
      </section>
    </div>
  );
}
