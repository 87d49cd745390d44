// The plans side by side: what each holds, what it costs, and what it would stop here.
import { CircleCheck, type LucideIcon, Trash2, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "~/app/ui/class-names";
import { Tag } from "~/app/ui/tag";
import type { BillingOverview, PlanOffer } from "~/server/billing/billing.contract";
import { planLines, planNames } from "./money-words";
import { PlanPrice } from "./plan-price";
import { RemovalsList, removalsSummary } from "./removals-list";
import { StopsList, stopsSummary } from "./stops-list";

export function PlanCards({ overview, mayBuy }: { overview: BillingOverview; mayBuy: boolean }) {
  return (
    <section aria-labelledby="plans" className="grid grid-cols-1 gap-3">
      <h2 id="plans" className="font-medium text-ink text-sm">
        Plans
      </h2>
      <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2 xl:grid-cols-4">
        {overview.offers.map((offer) => (
          <PlanCard key={offer.tier} offer={offer} overview={overview} mayBuy={mayBuy} />
        ))}
      </ul>
      <p className="text-ink-3 text-xs leading-5">
        Audit log, roles, exports and retention rules are part of every plan. A smaller plan deletes no agent, member or key: what
        does not fit waits, and goes on when there is room. Old versions, logs, records of calls and kept conversations go when
        the plan does not keep them; what that would be here stands at each plan.
      </p>
    </section>
  );
}

function PlanCard({ offer, overview, mayBuy }: { offer: PlanOffer; overview: BillingOverview; mayBuy: boolean }) {
  const isCurrent = offer.tier === overview.tier;
  return (
    <li
      className={classNames(
        "flex min-w-0 flex-col gap-4 rounded-lg border bg-surface p-4 sm:p-5",
        isCurrent ? "border-accent ring-1 ring-accent" : "border-line",
      )}
    >
      <header className="flex items-start justify-between gap-2">
        <h3 className="font-semibold text-ink text-lg leading-7">{planNames[offer.tier]}</h3>
        {isCurrent ? <Tag>Current plan</Tag> : null}
      </header>
      <div className={overview.isOn ? "xl:min-h-19" : undefined}>
        <PlanPrice offer={offer} overview={overview} mayBuy={mayBuy} />
      </div>
      <dl className="grid gap-y-1.5 border-line border-t pt-4 text-[0.8125rem] leading-5">
        {planLines.map(({ label, words }) => (
          <div key={label} className="flex flex-wrap justify-between gap-x-3">
            <dt className="whitespace-nowrap text-ink-3">{label}</dt>
            <dd className="tabular ml-auto text-right text-ink">{words(offer.plan)}</dd>
          </div>
        ))}
      </dl>
      <Effect offer={offer} isCurrent={isCurrent} />
    </li>
  );
}

function Effect({ offer: { stops, tier }, isCurrent }: { offer: PlanOffer; isCurrent: boolean }) {
  const stopped = isCurrent ? stops : withoutRemoved(stops);
  const stopping = stopsSummary(stopped);
  const removed = isCurrent ? null : removalsSummary(stops.removes);
  if (!stopping && !removed) {
    return (
      <p className="mt-auto flex items-start gap-2 border-line border-t pt-3 text-[0.8125rem] text-ink-2 leading-5">
        <CircleCheck aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-live" />
        {isCurrent ? "Everything here runs." : "Everything here would run."}
      </p>
    );
  }
  return (
    <div className="mt-auto grid gap-3 border-line border-t pt-3">
      {stopping ? (
        <Consequence icon={TriangleAlert} lead={isCurrent ? "Stopped" : `At ${planNames[tier]} these stop`} summary={stopping}>
          <StopsList stops={stopped} />
        </Consequence>
      ) : null}
      {removed ? (
        <Consequence icon={Trash2} lead="Removed for good" summary={removed}>
          <RemovalsList removes={stops.removes} />
        </Consequence>
      ) : null}
    </div>
  );
}

/** A version that the plan does not keep cannot go live because it is removed: that is said once. */
function withoutRemoved(stops: PlanOffer["stops"]): PlanOffer["stops"] {
  return { ...stops, deployments: stops.deployments.filter(({ limitType }) => limitType !== "deployments") };
}

type ConsequenceProps = { icon: LucideIcon; lead: string; summary: string; children: ReactNode };

function Consequence({ icon: Icon, lead, summary, children }: ConsequenceProps) {
  return (
    <details className="group text-[0.8125rem] leading-5">
      <summary className="flex items-start gap-2 rounded text-ink-2">
        <Icon aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-working" />
        <span className="min-w-0 flex-1">
          <span className="font-medium text-ink">{lead}:</span> {summary}.{" "}
          <span className="text-accent underline underline-offset-2 group-open:hidden">Show which</span>
          <span className="hidden text-accent underline underline-offset-2 group-open:inline">Hide</span>
        </span>
      </summary>
      <div className="pt-3">{children}</div>
    </details>
  );
}
