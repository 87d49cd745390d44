// The state of a deployment in a word.
import { StateMark } from "~/app/ui/state-mark";
import type { DeploymentItem } from "~/server/deployments/deployments.contract";
import { deploymentWords } from "./deployment-words";

export function DeploymentState({ deployment }: { deployment: Pick<DeploymentItem, "status" | "cancelRequested"> }) {
  const { tone, word, isFinished } = deploymentWords[deployment.status];
  if (deployment.cancelRequested && !isFinished) return <StateMark tone="waiting">Cancelling</StateMark>;
  return <StateMark tone={tone}>{word}</StateMark>;
}
