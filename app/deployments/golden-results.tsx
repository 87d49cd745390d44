// The bundle's own golden calls, each as it ended: met or not, what was different, and how long it took.
import { Check, X } from "lucide-react";
import { classNames } from "~/app/ui/class-names";
import { countOf, spanWords } from "~/app/ui/measures";
import { ScrollArea } from "~/app/ui/scroll-area";
import type { GoldenOutcome } from "~/server/deployments/deployments.contract";

export function GoldenResults({ goldens }: { goldens: readonly GoldenOutcome[] }) {
  return (
    <section aria-label="Golden calls" className="mt-2 rounded-md border border-line">
      <p className="border-line border-b bg-sunken/60 px-3 py-1.5 text-ink-2 text-xs leading-5">{sumWords(goldens)}</p>
      <ScrollArea label="Results of the golden calls" className="max-h-96">
        <ul className="divide-y divide-line">
          {goldens.map((golden) => (
            <GoldenLine key={golden.name} golden={golden} />
          ))}
        </ul>
      </ScrollArea>
    </section>
  );
}

function GoldenLine({ golden: { name, isMet, difference, durationMs } }: { golden: GoldenOutcome }) {
  const Icon = isMet ? Check : X;
  return (
    <li className="grid grid-cols-[0.875rem_minmax(0,1fr)_auto] items-start gap-x-2 px-3 py-2 text-[0.8125rem] leading-5">
      <Icon aria-hidden="true" strokeWidth={2.5} className={classNames("mt-0.5 size-3.5", isMet ? "text-live" : "text-failed")} />
      <div className="min-w-0">
        <p className="break-words text-ink">
          <code className="font-mono text-xs">{name}</code>{" "}
          <span className={isMet ? "text-ink-3" : "text-failed"}>{isMet ? "as expected" : "not as expected"}</span>
        </p>
        {difference ? <p className="break-words text-ink-2 first-letter:uppercase">{difference}.</p> : null}
      </div>
      <span className="tabular font-mono text-ink-2 text-xs leading-5">{spanWords(durationMs)}</span>
    </li>
  );
}

function sumWords(goldens: readonly GoldenOutcome[]): string {
  const metCount = goldens.filter((golden) => golden.isMet).length;
  if (metCount === goldens.length) return `${countOf(goldens.length, "golden call")}, every answer as expected`;
  return `${metCount} of ${countOf(goldens.length, "golden call")} answered as expected`;
}
