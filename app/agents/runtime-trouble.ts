// Why an agent that is live answers nobody all the same: its runtime is gone, down, or not in the plan.
import type { AgentItem } from "~/server/agents/agents.contract";
import type { RuntimeState } from "~/server/runtimes/runtimes.contract";

export type RuntimeTrouble = { tone: "failed" | "waiting"; word: string; meaning: string; act: "move" | "plan" | "wait" };

/** Null: nothing is known to stand in its way. */
export function runtimeTroubleOf(agent: AgentItem, runtimes: readonly RuntimeState[]): RuntimeTrouble | null {
  const runtime = runtimes.find((one) => one.runtime === agent.runtime);
  if (agent.activeVersion === null || agent.status === "disabled" || !runtime) return null;
  if (!runtime.isOffered) {
    const meaning = "Its runtime is not set up here any more: every call is refused. Move it to another one.";
    return { tone: "failed", word: "Runtime gone", meaning, act: "move" };
  }
  if (!runtime.isPlanned) {
    const meaning = "The plan does not include its runtime: every call is refused. Change the plan, or move it to another one.";
    return { tone: "failed", word: "Not in the plan", meaning, act: "plan" };
  }
  if (runtime.check?.status === "down") {
    const meaning = "Its runtime did not answer when it was last checked: calls fail until it is back.";
    return { tone: "waiting", word: "Runtime down", meaning, act: "wait" };
  }
  return null;
}
