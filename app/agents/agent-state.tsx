// The state of an agent in a word. It is not called live while its runtime is known to answer nobody.
import { StateMark, type StateTone } from "~/app/ui/state-mark";
import type { AgentItem } from "~/server/agents/agents.contract";
import type { RuntimeState } from "~/server/runtimes/runtimes.contract";
import { runtimeTroubleOf } from "./runtime-trouble";

const states: Record<AgentItem["status"], { tone: StateTone; word: string }> = {
  created: { tone: "idle", word: "Not deployed" },
  deploying: { tone: "working", word: "Deploying" },
  active: { tone: "live", word: "Live" },
  error: { tone: "failed", word: "Failed" },
  disabled: { tone: "off", word: "Disabled" },
};

export function AgentState({ agent, runtimes }: { agent: AgentItem; runtimes: readonly RuntimeState[] }) {
  const trouble = agent.status === "active" ? runtimeTroubleOf(agent, runtimes) : null;
  const { tone, word } = trouble ?? states[agent.status];
  return (
    <span title={trouble?.meaning}>
      <StateMark tone={tone}>{word}</StateMark>
    </span>
  );
}
