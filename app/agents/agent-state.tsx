// The state of an agent in a word.
import { StateMark, type StateTone } from "~/app/ui/state-mark";
import type { AgentItem } from "~/server/agents/agents.contract";

const states: Record<AgentItem["status"], { tone: StateTone; word: string }> = {
  created: { tone: "idle", word: "Not deployed" },
  deploying: { tone: "working", word: "Deploying" },
  active: { tone: "live", word: "Live" },
  error: { tone: "failed", word: "Failed" },
  disabled: { tone: "off", word: "Disabled" },
};

export function AgentState({ status }: { status: AgentItem["status"] }) {
  return <StateMark tone={states[status].tone}>{states[status].word}</StateMark>;
}
