// Every stage of a deployment in order, reached or not, with the lines it wrote.
import type { DeploymentDetail, DeploymentLogLine, DeploymentStep } from "~/server/deployments/deployments.contract";
import { deploymentWords, stagesInOrder } from "./deployment-words";

export type StageState = {
  stage: DeploymentStep["stage"];
  /** `ahead`: may still come. `missed`: the deployment ended before it. */
  look: DeploymentStep["outcome"] | "ahead" | "missed";
  startedAt: Date | null;
  finishedAt: Date | null;
  goldens: DeploymentStep["goldens"];
  lines: DeploymentLogLine[];
};

export function stageStates(deployment: Pick<DeploymentDetail, "status" | "activates" | "steps" | "logs">): StageState[] {
  // A ready version still has its last stage before it.
  const hasEnded = deploymentWords[deployment.status].isFinished && deployment.status !== "ready";
  return stagesInOrder.map((stage) => {
    const step = deployment.steps.find((candidate) => candidate.stage === stage);
    const goldens = step?.goldens ?? null;
    return {
      stage,
      look: step?.outcome ?? (hasEnded ? "missed" : "ahead"),
      startedAt: step?.startedAt ?? null,
      finishedAt: step?.finishedAt ?? null,
      goldens,
      // What the results below say for each call, the log said as they came in.
      lines: deployment.logs.filter((line) => line.stage === stage && !(goldens && line.line.startsWith("Golden call "))),
    };
  });
}
