// How deployments and their stages are called on screen.
import type { StateTone } from "~/app/ui/state-mark";
import type { DeploymentItem, DeploymentStep } from "~/server/deployments/deployments.contract";

type Status = DeploymentItem["status"];

export const deploymentWords: Record<Status, { tone: StateTone; word: string; isFinished: boolean }> = {
  queued: { tone: "waiting", word: "Queued", isFinished: false },
  running: { tone: "working", word: "Deploying", isFinished: false },
  ready: { tone: "idle", word: "Ready", isFinished: true },
  active: { tone: "live", word: "Live", isFinished: true },
  superseded: { tone: "stopped", word: "Superseded", isFinished: true },
  failed: { tone: "failed", word: "Failed", isFinished: true },
  cancelled: { tone: "off", word: "Cancelled", isFinished: true },
};

type Stage = DeploymentStep["stage"];

export const stageWords: Record<Stage, { word: string; meaning: string }> = {
  received: { word: "Received", meaning: "The bundle is stored and its digest recorded." },
  checked: { word: "Checked", meaning: "The digest is verified, the manifest read, required secrets present." },
  built: { word: "Built", meaning: "The entry point is bundled with the invoke/v1 wrapper." },
  placed: { word: "Placed", meaning: "The runtime has the module and the configured secrets." },
  probed: { word: "Probed", meaning: "A first call asks whether it speaks invoke/v1; golden calls follow." },
  active: { word: "Live", meaning: "New calls go to this version." },
};

/** What a stage means for a version in this state: the last one is not the same for a version that waits, or was followed by another. */
export function stageMeaning(stage: Stage, status: Status): string {
  if (stage === "active" && status === "superseded") return "New calls went to this version until another one went live.";
  if (stage === "active" && status === "ready") return "It waits here: new calls go to it once somebody activates it.";
  return stageWords[stage].meaning;
}

export const stagesInOrder = Object.keys(stageWords) as Stage[];

export const runtimeWords: Record<DeploymentItem["runtime"], string> = {
  embedded: "Embedded",
  cloudflare: "Cloudflare",
  agentcore: "AgentCore",
  vps: "VPS",
};

/** Whether it can be called, and go live, though it is not live now. */
export function isCallable({ status, prunedAt }: Pick<DeploymentItem, "status" | "prunedAt">): boolean {
  return (status === "ready" || status === "superseded") && prunedAt === null;
}

/** What making it live is called. */
export function activationWord(version: Pick<DeploymentItem, "version">, live: Pick<DeploymentItem, "version"> | null): string {
  return live !== null && live.version > version.version ? `Roll back to v${version.version}` : `Activate v${version.version}`;
}
