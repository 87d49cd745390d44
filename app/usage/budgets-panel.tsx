// The budgets of the period as bars: used, held by calls under way, where the pace leads to; and what happens at the cap.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { classNames } from "~/app/ui/class-names";
import { countWords, spanWords } from "~/app/ui/measures";
import { Panel } from "~/app/ui/panel";
import { SelectField } from "~/app/ui/select-field";
import { StateMark, type StateTone } from "~/app/ui/state-mark";
import type { BudgetItem, Budgets } from "~/server/budgets/budgets.contract";
import { type BudgetOutlook, budgetOutlook, dayOf } from "./budget-outlook";

const labels: Record<BudgetItem["metric"], string> = { requests: "Requests", compute_ms: "Compute", tokens: "Tokens" };

export function BudgetsPanel({ budgets, mayChoose }: { budgets: Budgets; mayChoose: boolean }) {
  return (
    <Panel
      title="Budgets"
      description={`Until ${dayOf(budgets.periodTo)}. At a cap calls are refused before an agent is asked. Compute is the time from asking an agent to the end of its answer.`}
    >
      <dl className="grid grid-cols-1 gap-x-8 gap-y-5 sm:grid-cols-3">
        {budgets.items.map((item) => (
          <BudgetBar key={item.metric} item={item} budgets={budgets} />
        ))}
      </dl>
      <p className="mt-5 text-ink-3 text-xs leading-5">
        The bar is what is used, its pale part what calls under way hold, the tick where the pace leads to.
      </p>
      {mayChoose ? <AtCapForm atCap={budgets.atCap} /> : null}
    </Panel>
  );
}

const looks: Record<BudgetOutlook["level"], { bar: string; sentence: string; mark: { tone: StateTone; word: string } | null }> = {
  calm: { bar: "text-accent", sentence: "text-ink-3", mark: null },
  over: { bar: "text-accent", sentence: "text-working", mark: null },
  near: { bar: "text-working", sentence: "text-working", mark: { tone: "waiting", word: "Near the cap" } },
  used: { bar: "text-failed", sentence: "text-failed", mark: { tone: "failed", word: "Used up" } },
};

function BudgetBar({ item, budgets }: { item: BudgetItem; budgets: Budgets }) {
  const words = item.metric === "compute_ms" ? spanWords : countWords;
  const shareOf = (amount: number) => (item.limit === 0 ? 1 : Math.min(1, amount / item.limit));
  const [share, held] = [shareOf(item.spent), shareOf(item.spent + item.reserved)];
  const { level, sentence } = budgetOutlook(item, budgets);
  const { bar, sentence: sentenceLook, mark } = looks[level];
  return (
    <div className="grid content-start gap-1.5">
      <dt className="flex flex-wrap items-baseline justify-between gap-x-3 text-sm">
        <span className="flex items-baseline gap-2 text-ink-2">
          {labels[item.metric]}
          {mark ? <StateMark tone={mark.tone}>{mark.word}</StateMark> : null}
        </span>
        <span className="tabular text-ink-3 text-xs">
          <span className="font-medium text-ink text-sm">{words(item.spent)}</span> of {words(item.limit)}
        </span>
      </dt>
      <dd className="grid gap-1.5">
        <span className="relative block h-1.5 overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset">
          <svg aria-hidden="true" viewBox="0 0 100 1" preserveAspectRatio="none" className="block h-full w-full">
            <rect width={held * 100} height="1" className={classNames("fill-current opacity-35", bar)} />
            <rect width={Math.max(share * 100, item.spent > 0 ? 1 : 0)} height="1" className={classNames("fill-current", bar)} />
            {item.forecast === null || shareOf(item.forecast) < 0.01 ? null : <ForecastTick at={shareOf(item.forecast) * 100} />}
          </svg>
        </span>
        <span className={classNames("tabular text-xs leading-5", sentenceLook)}>{sentence}</span>
        {item.reserved > 0 ? (
          <span className="tabular text-ink-3 text-xs">{words(item.reserved)} reserved by calls under way</span>
        ) : null}
      </dd>
    </div>
  );
}

/** Where the pace leads to. */
function ForecastTick({ at }: { at: number }) {
  return <rect x={Math.min(99.4, at)} width="0.6" height="1" className="fill-ink" />;
}

function AtCapForm({ atCap }: { atCap: Budgets["atCap"] }) {
  return (
    <CsrfForm className="mt-5 flex flex-wrap items-end gap-3 border-line border-t pt-4">
      <div className="w-full sm:w-80">
        <SelectField label="When 50, 80 and 100 % of a budget are used" name="atCap" defaultValue={atCap}>
          <option value="notify_and_block">Write to the owners</option>
          <option value="block">Write to nobody</option>
        </SelectField>
      </div>
      <Button name="intent" value="atCap" isBusy={useIsSubmitting("atCap")}>
        Save
      </Button>
    </CsrfForm>
  );
}
