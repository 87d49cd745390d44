// One deployment, live: what it does now, why it failed, what it is made of, what may be done.
import { MessageSquare } from "lucide-react";
import { FormSummary } from "~/app/form-summary";
import { type AgentPlace, paths } from "~/app/paths";
import type { FormProblem } from "~/app/rpc";
import { LinkButton } from "~/app/ui/link-button";
import { Notice } from "~/app/ui/notice";
import { Panel } from "~/app/ui/panel";
import { IfMay } from "~/app/workspaces/if-may";
import type { DeploymentDetail } from "~/server/deployments/deployments.contract";
import { DeploymentActs } from "./deployment-acts";
import { DeploymentDiff } from "./deployment-diff";
import { DeploymentFacts } from "./deployment-facts";
import { DeploymentState } from "./deployment-state";
import { StageTimeline } from "./stage-timeline";
import { useLiveDeployment } from "./use-live-deployment";

type Props = { loaded: DeploymentDetail; live: DeploymentDetail | null; at: AgentPlace; problem: FormProblem | undefined };

export function DeploymentScreen({ loaded, live: liveOne, at, problem }: Props) {
  const { live: deployment, isFinished } = useLiveDeployment(loaded, at.workspaceId);
  return (
    <div className="grid grid-cols-1 gap-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="flex items-center gap-3">
          <h2 className="font-semibold text-lg tracking-tight">Version {deployment.version}</h2>
          <DeploymentState deployment={deployment} />
        </div>
        <IfMay action="deployment.create">
          <DeploymentActs deployment={deployment} live={liveOne} />
        </IfMay>
      </div>
      <FormSummary problem={problem} />
      <Outcome deployment={deployment} live={liveOne} at={at} />
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)] lg:items-start">
        <Panel
          title="Stages"
          actions={isFinished ? null : <span className="text-ink-3 text-xs">{progressWords(deployment)}</span>}
        >
          <StageTimeline deployment={deployment} />
          {isFinished ? null : (
            <noscript>
              <p className="mt-4 text-ink-2 text-sm">Reload the page to see how far it is.</p>
            </noscript>
          )}
        </Panel>
        <div className="grid grid-cols-1 gap-6">
          <DeploymentFacts deployment={deployment} />
          {liveOne ? <DeploymentDiff deployment={deployment} live={liveOne} /> : null}
        </div>
      </div>
    </div>
  );
}

function progressWords({ status }: DeploymentDetail): string {
  return status === "queued" ? "waiting for a worker" : "follows by itself";
}

type OutcomeProps = { deployment: DeploymentDetail; live: DeploymentDetail | null; at: AgentPlace };

function Outcome({ deployment, live, at }: OutcomeProps) {
  if (deployment.status === "failed") {
    return (
      <Notice tone="problem" title={deployment.failureReason ?? "The deployment failed."}>
        <p className="text-ink-2">
          {live ? `Version ${live.version} is live and still answers.` : "No version is live yet."}
          {deployment.failureCode ? <code className="ml-2 font-mono text-xs">{deployment.failureCode}</code> : null}
        </p>
      </Notice>
    );
  }
  if (deployment.status !== "active") return null;
  return (
    <Notice
      tone="done"
      title={`Version ${deployment.version} is live.`}
      action={
        <LinkButton to={paths.agent(at)} tone="primary" prefetch="render">
          <MessageSquare aria-hidden="true" />
          Talk to it
        </LinkButton>
      }
    >
      <p className="text-ink-2">Every new call to this agent is answered by it.</p>
    </Notice>
  );
}
