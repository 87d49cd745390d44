// Every stage of a deployment in order, reached or not, with the lines it wrote.
import type { DeploymentDetail, DeploymentLogLine, DeploymentStep } from "~/server/deployments/deployments.contract";
import { deploymentWords, stagesInOrder } from "./deployment-words";

export type StageState = {
  stage: DeploymentStep["stage"];
  /** `ahead`: may still come. `missed`: the deployment ended before it. */
  look: DeploymentStep["outcome"] | "ahead" | "missed";
  startedAt: Date | null;
  finishedAt: Date | null;
  lines: DeploymentLogLine[];
};

export function stageStates(deployment: Pick<DeploymentDetail, "status" | "activates" | "steps" | "logs">): StageState[] {
  const { isFinished } = deploymentWords[deployment.status];
  return stagesInOrder.map((stage) => {
    const step = deployment.steps.find((candidate) => candidate.stage === stage);
    return {
      stage,
      look: step?.outcome ?? (isFinished ? "missed" : "ahead"),
      startedAt: step?.startedAt ?? null,
      finishedAt: step?.finishedAt ?? null,
      lines: deployment.logs.filter((line) => line.stage === stage),
    };
  });
}
