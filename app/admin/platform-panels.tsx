// How the platform is: its parts, its queue, its sweeps, each with its word and what it means.
import { CircleDashed } from "lucide-react";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { spanWords } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { StateMark } from "~/app/ui/state-mark";
import type { Overview } from "~/server/admin/admin.contract";

const partLooks = {
  up: { tone: "live", word: "Up" },
  down: { tone: "failed", word: "Down" },
  unconfigured: { tone: "off", word: "Not set up" },
} as const;

export function PartsPanel({ parts }: { parts: Overview["parts"] }) {
  return (
    <Panel title="Parts" isFlush>
      <ul className="divide-y divide-line">
        {parts.map(({ name, status, detail }) => (
          <li key={name} className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 px-4 py-3 text-sm sm:px-5">
            <span className="min-w-0">
              <span className="font-medium text-ink first-letter:uppercase">{name}</span>
              <span className="block text-[0.8125rem] text-ink-3">{detail}</span>
            </span>
            <StateMark tone={partLooks[status].tone}>{partLooks[status].word}</StateMark>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function QueuePanel({ deployments, purges }: Pick<Overview, "deployments" | "purges">) {
  const lines: [string, string, number][] = [
    ["Queued", "Deployments that wait for a worker.", deployments.queued],
    ["Running", "Deployments that a worker takes through their stages.", deployments.running],
    ["Held back", "Of these, what waits for a disabled account to be enabled.", deployments.heldBack],
    ["Silent", "Running without a sign of life; the next sweep hands them on.", deployments.silent],
    ["Purges", "Deleted agents that are still being cleared away.", purges],
  ];
  return (
    <Panel title="Queue" isFlush>
      <dl className="divide-y divide-line">
        {lines.map(([name, meaning, count]) => (
          <div key={name} className="flex items-baseline justify-between gap-4 px-4 py-3 text-sm sm:px-5">
            <dt className="min-w-0">
              <span className="font-medium text-ink">{name}</span>
              <span className="block text-[0.8125rem] text-ink-3">{meaning}</span>
            </dt>
            <dd className="tabular text-ink">{count}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

export function SweepsPanel({ sweeps }: Pick<Overview, "sweeps">) {
  return (
    <Panel title="Sweeps" description="What the workers do by themselves, and how the last run ended." isFlush>
      {sweeps.length === 0 ? (
        <EmptyState icon={CircleDashed} title="No sweep has run yet">
          The first ones run as soon as a worker is up.
        </EmptyState>
      ) : (
        <DataTable
          caption="Sweeps"
          head={
            <>
              <HeadCell>Sweep</HeadCell>
              <HeadCell>Last result</HeadCell>
              <HeadCell isNumber>Ended</HeadCell>
              <HeadCell isNumber isWideOnly>
                Took
              </HeadCell>
            </>
          }
        >
          {sweeps.map((sweep) => (
            <tr key={sweep.name}>
              <Cell>
                <code className="font-mono text-[0.8125rem] text-ink">{sweep.name.replace(/-sweep$/, "")}</code>
              </Cell>
              <Cell className="py-2">
                <StateMark tone={sweep.failure ? "failed" : "live"}>{sweep.failure ? "Failed" : "Done"}</StateMark>
                {sweep.failure ? <span className="block max-w-sm text-xs">{sweep.failure}</span> : null}
              </Cell>
              <Cell isNumber>
                <Moment at={sweep.finishedAt} />
              </Cell>
              <Cell isNumber isWideOnly>
                {spanWords(sweep.tookMs)}
              </Cell>
            </tr>
          ))}
        </DataTable>
      )}
    </Panel>
  );
}
