// What a move would change, told before its button: version, sessions, secrets, cost, and what stands against it.
import type { ReactNode } from "react";
import { runtimeWords } from "~/app/deployments/deployment-words";
import { countOf, dollarsWords, spanWords } from "~/app/ui/measures";
import { Notice } from "~/app/ui/notice";
import { Panel } from "~/app/ui/panel";
import type { MovePlan } from "~/server/deployments/moves.contract";

export function MoveOutlook({ plan }: { plan: MovePlan }) {
  const [from, to] = [runtimeWords[plan.from], runtimeWords[plan.to]];
  return (
    <Panel
      title={`Move from ${from} to ${to}`}
      description={`As version ${plan.version} on ${to}: the bundle of version ${plan.rollback.version}, unchanged.`}
    >
      {plan.refusals.map((refusal) => (
        <Notice key={refusal.message} tone="warning" title="This would be refused now" className="mb-4">
          {refusal.message}
        </Notice>
      ))}
      <dl className="grid gap-4 text-sm leading-6 sm:grid-cols-[8rem_minmax(0,1fr)] sm:gap-y-4">
        <Line name="Switch">
          {from} goes on answering until {to} has passed the probe{plan.golden.length > 0 ? " and the golden calls" : ""}; calls
          under way finish where they are. If it fails, nothing changes.
        </Line>
        <Line name="Sessions">{sessionsLine(plan)}</Line>
        <Line name="Secrets">{secretsLine(plan)}</Line>
        <Line name="Limits">
          {spanWords(plan.timeoutMs)} per call, {plan.memoryMb} MB.
        </Line>
        <Line name="Cost">{costLine(plan)}</Line>
        <Line name="Way back">
          Version {plan.rollback.version} stays placed on {from}. Activating it brings calls back at once; nothing is built again.
          {outOfReachLine(plan)}
        </Line>
        <Line name="From then on">Later versions go to {to} as well, when their bundle claims it.</Line>
      </dl>
    </Panel>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="sm:contents">
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0 text-ink-2">{children}</dd>
    </div>
  );
}

function sessionsLine({ sessions, from }: MovePlan): string {
  const open =
    sessions.open === 0 ? "None was used in the last 7 days." : `${countOf(sessions.open, "session")} used in the last 7 days.`;
  const what =
    sessions.afterwards === "stay"
      ? `What they remember stays on ${runtimeWords[from]}: they go on with the version they began with, new ones begin on the new runtime.`
      : "The manifest lets sessions move with the agent, but what they remember does not: their next call meets an agent that remembers nothing.";
  return `${open} ${what}`;
}

function secretsLine({ secrets, missingKeys }: MovePlan): string {
  if (missingKeys.length > 0) return `Needs a value for ${missingKeys.join(", ")} first.`;
  if (secrets.length === 0) return "It needs none.";
  const named = secrets.map(({ name, version }) => `${name} v${version}`).join(", ");
  return `Handed to the new runtime as they are set today: ${named}.`;
}

function costLine({ cost, from, to }: MovePlan): string {
  if (cost.requests === 0) return "Nothing was called in the last 30 days, so there is nothing to estimate from.";
  const used = `the last 30 days (${countOf(cost.requests, "call")}, ${spanWords(cost.computeMs)} of compute)`;
  const now = cost.nowUsd === null ? "unknown" : dollarsWords(cost.nowUsd);
  const then = cost.thenUsd === null ? "unknown" : dollarsWords(cost.thenUsd);
  return `Estimated from list prices for ${used}: ${now} on ${runtimeWords[from]}, ${then} on ${runtimeWords[to]}. What is paid in the end, the provider's bill says.`;
}

function outOfReachLine({ outOfReach }: MovePlan): string {
  if (outOfReach.length === 0) return "";
  return ` Your plan then no longer keeps ${outOfReach.map(({ version }) => `version ${version}`).join(", ")}.`;
}
