// What is used of each limit, as bars that also say it in words.
import { classNames } from "~/app/ui/class-names";
import { countWords, spanWords } from "~/app/ui/measures";
import { Panel } from "~/app/ui/panel";
import type { BillingOverview } from "~/server/billing/billing.contract";

type Bar = { label: string; used: number; limit: number; words: (amount: number) => string; note?: string };

const nearShare = 0.8;

export function UsageBars({ overview }: { overview: BillingOverview }) {
  const { from, to } = overview.period;
  return (
    <Panel title="Used" description={`The period from ${dayOf(from)} to ${dayOf(to)}; agents, members and keys as they are now.`}>
      <dl className="grid grid-cols-1 gap-x-8 gap-y-5 sm:grid-cols-2">
        {barsOf(overview).map((bar) => (
          <UsageBar key={bar.label} bar={bar} />
        ))}
      </dl>
    </Panel>
  );
}

function barsOf({ usage, plan }: BillingOverview): Bar[] {
  const invited = usage.openInvitations > 0 ? `${countWords(usage.openInvitations)} invited` : undefined;
  return [
    { label: "Requests", used: usage.requests, limit: plan.requestsMax, words: countWords },
    { label: "Agents", used: usage.agents, limit: plan.agentsMax, words: countWords },
    { label: "Tokens", used: usage.tokens, limit: plan.tokensMax, words: countWords },
    {
      label: "Members",
      used: usage.members + usage.openInvitations,
      limit: plan.membersMax,
      words: countWords,
      ...(invited ? { note: invited } : {}),
    },
    { label: "Compute", used: usage.computeMs, limit: plan.computeMsMax, words: spanWords },
    { label: "API keys", used: usage.keys, limit: plan.keysMax, words: countWords },
  ];
}

function UsageBar({ bar: { label, used, limit, words, note } }: { bar: Bar }) {
  const share = limit === 0 ? 1 : Math.min(1, used / limit);
  const tone = share >= 1 ? "text-failed" : share >= nearShare ? "text-working" : "text-accent";
  return (
    <div className="grid gap-1.5">
      <dt className="flex items-baseline justify-between gap-3 text-sm">
        <span className="text-ink-2">{label}</span>
        <span className="tabular text-ink-3 text-xs">
          {share >= 1 ? "Full · " : ""}
          {note ? `${note} · ` : ""}
          <span className="font-medium text-ink text-sm">{words(used)}</span> of {words(limit)}
        </span>
      </dt>
      <dd className="h-1.5 overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset">
        <svg aria-hidden="true" viewBox="0 0 100 1" preserveAspectRatio="none" className="block h-full w-full">
          <rect width={Math.max(share * 100, used > 0 ? 1 : 0)} height="1" className={classNames("fill-current", tone)} />
        </svg>
      </dd>
    </div>
  );
}

function dayOf(moment: Date): string {
  return moment.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
}
