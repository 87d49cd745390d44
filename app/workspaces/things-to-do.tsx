// What needs somebody, each with the one act that settles it.
import { CircleCheck } from "lucide-react";
import { runtimeTroubleOf } from "~/app/agents/runtime-trouble";
import { paths } from "~/app/paths";
import { LinkButton } from "~/app/ui/link-button";
import { shareWords } from "~/app/ui/measures";
import { Panel } from "~/app/ui/panel";
import { StateMark, type StateTone } from "~/app/ui/state-mark";
import { budgetOutlook } from "~/app/usage/budget-outlook";
import type { AgentItem } from "~/server/agents/agents.contract";
import type { ApiKeyItem } from "~/server/api-keys/api-keys.contract";
import type { BudgetItem, Budgets } from "~/server/budgets/budgets.contract";
import type { RuntimeState } from "~/server/runtimes/runtimes.contract";
import type { StaleSecrets } from "~/server/secrets/secrets.contract";
import type { AgentUsage, UsageSeries } from "~/server/telemetry/usage.contract";

export type ThingToDo = { id: string; tone: StateTone; word: string; text: string; act: string; to: string };

type Facts = {
  agents: AgentItem[];
  usage: AgentUsage[];
  series: UsageSeries;
  keys: ApiKeyItem[];
  /** Null for whom secrets do not concern. */
  stale: StaleSecrets | null;
  budgets: Budgets;
  runtimes: RuntimeState[];
  workspaceId: string;
};

const badErrorShare = 0.05;
const shownMax = 6;

/** What stops answers first, then what will, then what can wait. */
export function thingsToDo({ agents, usage, series, keys, stale, budgets, runtimes, workspaceId }: Facts): ThingToDo[] {
  const things = agents.flatMap((agent) => thingOfRuntime(agent, runtimes, workspaceId));
  things.push(...thingsOfBudgets(budgets, workspaceId));
  things.push(...agents.flatMap((agent) => thingOfAgent(agent, usage, workspaceId)));
  things.push(...thingOfSecrets(stale, workspaceId));
  things.push(...keys.flatMap((key) => thingOfKey(key, workspaceId)));
  const lost = series.expectedEvents - series.receivedEvents;
  if (lost > 0 && series.expectedEvents > 0) {
    things.push({
      id: "lost",
      tone: "waiting",
      word: "Telemetry",
      text: `${shareWords(lost, series.expectedEvents)} of the calls have not been reported by their runtime yet.`,
      act: "See usage",
      to: paths.usage(workspaceId),
    });
  }
  const stopsAnswers = ({ tone }: ThingToDo) => tone === "failed";
  return [...things.filter(stopsAnswers), ...things.filter((thing) => !stopsAnswers(thing))].slice(0, shownMax);
}

function thingOfRuntime(agent: AgentItem, runtimes: RuntimeState[], workspaceId: string): ThingToDo[] {
  const trouble = runtimeTroubleOf(agent, runtimes);
  if (!trouble) return [];
  const ways = {
    move: { act: "Move it", to: paths.agentSettings({ workspaceId, agentId: agent.agentId }) },
    plan: { act: "See plans", to: paths.billing(workspaceId) },
    wait: { act: "See runtimes", to: paths.runtimes(workspaceId) },
  };
  const text = `${agent.name}: ${trouble.meaning}`;
  return [{ id: `runtime ${agent.agentId}`, tone: trouble.tone, word: trouble.word, text, ...ways[trouble.act] }];
}

const budgetNames: Record<BudgetItem["metric"], string> = { requests: "requests", compute_ms: "compute", tokens: "tokens" };

/** From 80 % on; what will only be reached by its pace is on the usage page. */
function thingsOfBudgets(budgets: Budgets, workspaceId: string): ThingToDo[] {
  return budgets.items.flatMap((item): ThingToDo[] => {
    const { level, sentence } = budgetOutlook(item, budgets);
    if (level !== "near" && level !== "used") return [];
    const name = budgetNames[item.metric];
    const isUsed = level === "used";
    const text = isUsed
      ? `Nothing is left of this period's ${name}. ${sentence}`
      : `${Math.floor((item.spent / item.limit) * 100)} % of the ${name} are used. ${sentence}`;
    const [tone, word] = isUsed ? (["failed", "Used up"] as const) : (["waiting", "Budget"] as const);
    return [{ id: `budget ${item.metric}`, tone, word, text, act: "See usage", to: paths.usage(workspaceId) }];
  });
}

function thingOfSecrets(stale: StaleSecrets | null, workspaceId: string): ThingToDo[] {
  const [first] = stale?.items ?? [];
  if (!stale || !first) return [];
  const names = [...new Set(stale.items.map((item) => item.agentName))];
  const text = `${names.length === 1 ? `${first.agentName} runs` : `${names.length} agents run`} with older values of secrets.`;
  const to = names.length === 1 ? paths.secrets({ workspaceId, agentId: first.agentId }) : paths.staleSecrets(workspaceId);
  return [{ id: "stale", tone: "waiting", word: "Secrets", text, act: "Apply", to }];
}

/** Whoever made it may still know it: that should not wait for somebody to look at the keys. */
function thingOfKey(key: ApiKeyItem, workspaceId: string): ThingToDo[] {
  if (!key.hints.some((hint) => hint.flag === "orphaned")) return [];
  const text = `Whoever made the key ${key.name} has left or is disabled.`;
  return [
    { id: key.keyId, tone: "failed", word: "Orphaned key", text, act: "Reroll", to: paths.keyReroll(workspaceId, key.keyId) },
  ];
}

function thingOfAgent(agent: AgentItem, usage: AgentUsage[], workspaceId: string): ThingToDo[] {
  const at = { workspaceId, agentId: agent.agentId };
  const calls = usage.find((entry) => entry.agentId === agent.agentId);
  if (agent.status === "error") {
    const text = `The last deployment of ${agent.name} failed${agent.activeVersion === null ? "" : `; v${agent.activeVersion} still answers`}.`;
    return [{ id: agent.agentId, tone: "failed", word: "Failed", text, act: "See why", to: paths.deployments(at) }];
  }
  if (agent.status === "created") {
    const text = `${agent.name} has no deployment yet.`;
    return [{ id: agent.agentId, tone: "idle", word: "Waiting", text, act: "Deploy", to: paths.deploymentNew(at) }];
  }
  if (calls && calls.requests > 0 && calls.errors / calls.requests > badErrorShare) {
    const text = `${shareWords(calls.errors, calls.requests)} of the calls to ${agent.name} failed in the last 24 hours.`;
    return [{ id: agent.agentId, tone: "failed", word: "Errors", text, act: "See errors", to: paths.errors(at) }];
  }
  return [];
}

export function ThingsToDo({ things }: { things: ThingToDo[] }) {
  return (
    <Panel title="Needs you" isFlush>
      {things.length === 0 ? (
        <p className="flex items-center gap-2 px-5 py-6 text-ink-2 text-sm">
          <CircleCheck aria-hidden="true" className="size-4 text-live" />
          Nothing. Every agent, budget and key is in order.
        </p>
      ) : (
        <ul className="divide-y divide-line">
          {things.map((thing) => (
            <li key={thing.id} className="flex items-center gap-x-4 px-4 py-3 sm:px-5">
              <div className="min-w-0 flex-1">
                <StateMark tone={thing.tone}>{thing.word}</StateMark>
                <p className="mt-0.5 break-words text-ink-2 text-sm leading-5">{thing.text}</p>
              </div>
              <LinkButton to={thing.to} size="small">
                {thing.act}
              </LinkButton>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
