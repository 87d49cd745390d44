// One deployment, live: what it does now, why it failed, what it is made of, how it differs, what may be done.
import { FormSummary } from "~/app/form-summary";
import { type AgentPlace, paths } from "~/app/paths";
import type { FormProblem } from "~/app/rpc";
import { LinkButton } from "~/app/ui/link-button";
import { Panel } from "~/app/ui/panel";
import { IfMay } from "~/app/workspaces/if-may";
import type { AuditItem } from "~/server/audit/audit.contract";
import type { DeploymentDetail, DeploymentItem } from "~/server/deployments/deployments.contract";
import type { TelemetryKeyState } from "~/server/deployments/telemetry-keys.contract";
import { ChangesSummary } from "./changes-summary";
import { DeploymentActs } from "./deployment-acts";
import { DeploymentFacts } from "./deployment-facts";
import { DeploymentOutcome } from "./deployment-outcome";
import { isCallable } from "./deployment-words";
import { IntegrityNotice } from "./integrity-notice";
import type { Changes } from "./load-version";
import { StageTimeline } from "./stage-timeline";
import { TelemetryKeyPanel } from "./telemetry-key-panel";
import { useLiveDeployment } from "./use-live-deployment";
import { VersionFrame } from "./version-frame";

type Props = {
  loaded: DeploymentDetail;
  live: DeploymentItem | null;
  changes: Changes;
  at: AgentPlace;
  /** When its stored files were last found changed; null: never, or not for this person to read. */
  alteration: AuditItem | null;
  rotated: TelemetryKeyState | null;
  problem: FormProblem | undefined;
  /** The act that the problem, if any, came of. */
  intent: string | undefined;
};

export function DeploymentScreen({ loaded, live: liveOne, changes, at, alteration, rotated, problem, intent }: Props) {
  const { live: deployment, isFinished } = useLiveDeployment(loaded, at.workspaceId);
  const ofTelemetry = intent === "rotate_telemetry_key";
  const hasKey = deployment.status === "active" || isCallable(deployment);
  const other = liveOne?.deploymentId === deployment.deploymentId ? null : liveOne;
  return (
    <VersionFrame
      deployment={deployment}
      at={at}
      acts={
        <IfMay action="deployment.create">
          <DeploymentActs deployment={deployment} live={other} diff={changes.diff} at={at} />
        </IfMay>
      }
    >
      <FormSummary problem={ofTelemetry ? undefined : problem} />
      {alteration ? <IntegrityNotice alteration={alteration} at={at} /> : null}
      <DeploymentOutcome deployment={deployment} live={other} at={at} />
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
          <ChangesPanel deployment={deployment} changes={changes} at={at} />
          <DeploymentFacts deployment={deployment} />
          {hasKey ? (
            <IfMay action="secret.write">
              <TelemetryKeyPanel rotated={rotated} problem={ofTelemetry ? problem : undefined} />
            </IfMay>
          ) : null}
        </div>
      </div>
    </VersionFrame>
  );
}

function progressWords({ status }: DeploymentDetail): string {
  return status === "queued" ? "waiting for a worker" : "follows by itself";
}

function ChangesPanel({ deployment, changes, at }: { deployment: DeploymentDetail; changes: Changes; at: AgentPlace }) {
  const { diff, problem } = changes;
  if (problem) return <FormSummary problem={problem} />;
  if (!diff) return null;
  const against = diff.before.deploymentId ?? undefined;
  return (
    <Panel
      title={`Against v${diff.before.version}`}
      actions={
        <LinkButton
          to={paths.deploymentChanges(at, deployment.deploymentId, against)}
          size="small"
          tone="quiet"
          prefetch="intent"
        >
          See every line
        </LinkButton>
      }
    >
      <ChangesSummary diff={diff} />
    </Panel>
  );
}
