// Why nobody gets an answer from the version that is talked to, and who can mend it how; null when nothing is known to stand in the way.
import { runtimeWords } from "~/app/deployments/deployment-words";
import type { AgentItem } from "~/server/agents/agents.contract";
import type { Action } from "~/server/auth/permissions";
import type { DeploymentItem } from "~/server/deployments/deployments.contract";
import type { RuntimeState } from "~/server/runtimes/runtimes.contract";

type Way = "settings" | "plans" | "deploy";

export type Obstacle = {
  kind: "disabled" | "nothing_live" | "runtime_gone" | "not_planned";
  title: string;
  meaning: string;
  /** What whoever may do it can do about it, the best first. */
  ways: { way: Way; word: string; needs: Action }[];
};

type Talked = { agent: AgentItem; chosen: Pick<DeploymentItem, "version" | "runtime"> | null; runtimes: readonly RuntimeState[] };

export function obstacleOf({ agent, chosen, runtimes }: Talked): Obstacle | null {
  if (agent.status === "disabled") return disabled;
  if (agent.activeDeploymentId === null && chosen === null) return nothingLive;
  const { version, runtime } = chosen ?? { version: agent.activeVersion, runtime: agent.runtime };
  const state = runtimes.find((one) => one.runtime === runtime);
  if (!state || runtime === null) return null;
  const name = runtimeWords[runtime];
  const move = { way: "settings" as const, word: "Move it to another runtime", needs: "deployment.create" as const };
  const deploy = { way: "deploy" as const, word: "Deploy elsewhere", needs: "deployment.create" as const };
  const leave = chosen ? deploy : move;
  if (!state.isOffered) {
    const meaning = `Version ${version} runs on ${name}, which this installation does not offer any more: every call is refused. Put it on another runtime, or ask the operator to set ${name} up again.`;
    return { kind: "runtime_gone", title: `${name} is not set up here any more`, meaning, ways: [leave] };
  }
  if (state.isPlanned) return null;
  const meaning = `Version ${version} runs on ${name}, which the plan of this workspace does not include: every call is refused. Change the plan, or put it on another runtime.`;
  const ways = [{ way: "plans" as const, word: "See plans", needs: "billing.read" as const }, leave];
  return { kind: "not_planned", title: `The plan does not include ${name}`, meaning, ways };
}

const disabled: Obstacle = {
  kind: "disabled",
  title: "This agent is disabled",
  meaning: "It answers nobody until it is enabled again.",
  ways: [{ way: "settings", word: "Enable it in its settings", needs: "agent.configure" }],
};

const nothingLive: Obstacle = {
  kind: "nothing_live",
  title: "Nothing is live yet",
  meaning: "Deploy a first version; the moment its probe has passed you can talk to it here.",
  ways: [{ way: "deploy", word: "Deploy a bundle", needs: "deployment.create" }],
};
