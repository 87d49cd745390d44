// How a deployment ended, what that means for callers, and what to do next.
import { MessageSquare } from "lucide-react";
import type { ReactNode } from "react";
import { type AgentPlace, paths } from "~/app/paths";
import { LinkButton } from "~/app/ui/link-button";
import { Moment } from "~/app/ui/moment";
import { Notice } from "~/app/ui/notice";
import { useMay } from "~/app/workspaces/use-may";
import type { DeploymentDetail, DeploymentItem } from "~/server/deployments/deployments.contract";
import { stageWords } from "./deployment-words";

/** The version is sound and its stored files are not: the same bundle, sent again, mends it. */
const storageReasons: ReadonlySet<string> = new Set(["bundle_altered", "bundle_missing", "module_altered", "module_missing"]);

type Props = { deployment: DeploymentDetail; live: DeploymentItem | null; at: AgentPlace };

export function DeploymentOutcome({ deployment, live, at }: Props) {
  if (deployment.status === "failed") return <Failed deployment={deployment} live={live} at={at} />;
  if (deployment.status === "cancelled") {
    return (
      <Notice tone="info" title={`Cancelled at the stage “${stageWords[deployment.stage].word}”.`}>
        <p>Nothing of it runs. {stillLiveWords(live)} “Try again” deploys the same bundle as the next version.</p>
      </Notice>
    );
  }
  if (deployment.prunedAt) return <Pruned deployment={deployment} at={at} />;
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

function Failed({ deployment, live, at }: Props) {
  return (
    <Notice
      tone="problem"
      title={deployment.failureReason ?? "The deployment failed."}
      action={<Mend deployment={deployment} at={at} />}
    >
      <p className="text-ink-2">
        {stillLiveWords(live)} The stage that failed shows its lines below.
        {deployment.failureCode ? <code className="ml-2 font-mono text-xs">{deployment.failureCode}</code> : null}
      </p>
    </Notice>
  );
}

function mendWord(code: string): string {
  return storageReasons.has(code) ? "Send the bundle again" : "Deploy a mended bundle";
}

function Pruned({ deployment, at }: Pick<Props, "deployment" | "at">) {
  const may = useMay();
  return (
    <Notice
      title="This version is not kept any more."
      action={may("deployment.create") ? <LinkButton to={paths.deploymentNew(at)}>Send the bundle again</LinkButton> : null}
    >
      <p>
        It is older than the versions that the plan keeps, and was let go{" "}
        <Moment at={deployment.prunedAt ?? deployment.createdAt} />. It cannot go live or be called; its stages and digest stay.
      </p>
    </Notice>
  );
}

function stillLiveWords(live: DeploymentItem | null): string {
  return live ? `Version ${live.version} is live and answers as before.` : "No version is live yet.";
}

/** Ours to mend, or gone by itself: trying again is enough, and that button stands above. */
const worthAnotherTry: ReadonlySet<string> = new Set(["host_unreachable", "house_unreachable", "worker_lost", "internal"]);

/** The one step that mends this kind of failure. */
function Mend({ deployment, at }: Pick<Props, "deployment" | "at">): ReactNode {
  const may = useMay();
  const code = deployment.failureCode ?? "";
  if (code === "secrets_missing" && may("secret.read")) return <LinkButton to={paths.secrets(at)}>Set the secrets</LinkButton>;
  if (worthAnotherTry.has(code) || !may("deployment.create")) return null;
  return <LinkButton to={paths.deploymentNew(at)}>{mendWord(code)}</LinkButton>;
}
