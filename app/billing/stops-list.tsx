// What a plan would stop, thing by thing: the simulator's answer in words.
import type { ReactNode } from "react";
import { countOf } from "~/app/ui/measures";
import type { PlanStops } from "~/server/billing/billing.contract";
import { limitWords } from "./money-words";

const shownMax = 50;

type Line = { id: string; name: ReactNode; why: string };
type Group = { title: string; lines: Line[] };

/** `These 3 agents and 1 key`. */
export function stopsSummary(stops: PlanStops): string | null {
  const parts = [
    [stops.agents.length, "agent"],
    [stops.members.length, "member"],
    [stops.keys.length, "key"],
    [stops.deployments.length, "older version"],
  ] as const;
  const words = parts.flatMap(([count, noun]) => (count > 0 ? [countOf(count, noun)] : []));
  if (words.length > 0) return words.join(", ").replace(/, ([^,]*)$/, " and $1");
  return stops.calls ? "Every call, until the period ends" : null;
}

export function StopsList({ stops }: { stops: PlanStops }) {
  return (
    <div className="grid gap-4 text-sm">
      {stops.calls ? <p className="text-ink-2">Every call until the period ends: {limitWords[stops.calls]}.</p> : null}
      {groupsOf(stops).map(({ title, lines }) => (
        <section key={title} className="grid gap-1">
          <h4 className="font-medium text-ink text-xs">{title}</h4>
          <ul className="grid gap-1">
            {lines.slice(0, shownMax).map(({ id, name, why }) => (
              <li key={id} className="min-w-0 text-ink-2 leading-5">
                <span className="break-words font-medium text-ink">{name}</span>
                <span className="block text-ink-3 text-xs">{why}</span>
              </li>
            ))}
          </ul>
          {lines.length > shownMax ? <p className="text-ink-3 text-xs">and {lines.length - shownMax} more</p> : null}
        </section>
      ))}
    </div>
  );
}

function groupsOf(stops: PlanStops): Group[] {
  const groups: Group[] = [
    {
      title: "Agents that stop",
      lines: stops.agents.map(({ agentId: id, name, limitType }) => ({ id, name, why: limitWords[limitType] })),
    },
    {
      title: "Members who cannot get in",
      lines: stops.members.map(({ userId: id, name, limitType }) => ({ id, name, why: limitWords[limitType] })),
    },
    {
      title: "Keys that are refused",
      lines: stops.keys.map(({ keyId: id, name, limitType }) => ({ id, name, why: limitWords[limitType] })),
    },
    {
      title: "Versions that cannot go live again",
      lines: stops.deployments.map(({ deploymentId: id, agentName, version, limitType }) => ({
        id,
        name: `${agentName} v${version}`,
        why: limitWords[limitType],
      })),
    },
  ];
  return groups.filter(({ lines }) => lines.length > 0);
}
