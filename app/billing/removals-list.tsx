// What a plan would remove for good, in words: versions that it does not keep, and what is older than it keeps it.
import { countOf } from "~/app/ui/measures";
import type { AgedThings, PlanRemovals } from "~/server/billing/billing.contract";

const shownMax = 50;
/** All but output are counted no further. */
const countedMax = 1_000;

const agedNouns: Record<AgedThings["kind"], string> = {
  calls: "record of a call",
  output: "line of output",
  deployment_lines: "line of deployment logs",
  conversations: "kept answer",
};
const agedPlurals: Record<AgedThings["kind"], string> = {
  calls: "records of calls",
  output: "lines of output",
  deployment_lines: "lines of deployment logs",
  conversations: "kept answers",
};

/** `12 old versions and 40 calls older than 30 days`. */
export function removalsSummary({ versions, aged }: PlanRemovals): string | null {
  const count = versions.reduce((sum, agent) => sum + agent.count, 0);
  const words = [...(count > 0 ? [countOf(count, "old version")] : []), ...aged.map(agedWords)];
  return words.length > 0 ? words.join(", ").replace(/, ([^,]*)$/, " and $1") : null;
}

export function RemovalsList({ removes: { versions, aged } }: { removes: PlanRemovals }) {
  return (
    <ul className="grid gap-1 text-sm">
      {versions.slice(0, shownMax).map(({ agentId, agentName, count, oldest, newest }) => (
        <li key={agentId} className="min-w-0 text-ink-2 leading-5">
          <span className="break-words font-medium text-ink">{agentName}</span>
          <span className="block text-ink-3 text-xs">
            {countOf(count, "version")}, {count === 1 ? `v${oldest}` : `v${oldest} to v${newest}`}: their bundles go, the history
            stays
          </span>
        </li>
      ))}
      {versions.length > shownMax ? <li className="text-ink-3 text-xs">and {versions.length - shownMax} more agents</li> : null}
      {aged.map((things) => (
        <li key={things.kind} className="min-w-0 text-ink-2 leading-5 first-letter:uppercase">
          {agedWords(things)}
        </li>
      ))}
    </ul>
  );
}

function agedWords({ kind, keptDays, count }: AgedThings): string {
  const isMany = kind !== "output" && count >= countedMax;
  const things = `${countOf(count, agedNouns[kind], agedPlurals[kind])}${isMany ? " or more" : ""}`;
  return `${things} older than ${countOf(keptDays, "day")}`;
}
