// The budgets of the period as bars: used, held by calls under way, where the pace leads to; and what happens at the cap.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { classNames } from "~/app/ui/class-names";
import { countWords, spanWords } from "~/app/ui/measures";
import { Panel } from "~/app/ui/panel";
import { SelectField } from "~/app/ui/select-field";
import type { BudgetItem, Budgets } from "~/server/budgets/budgets.contract";

const nearShare = 0.8;
const labels: Record<BudgetItem["metric"], string> = { requests: "Requests", compute_ms: "Compute", tokens: "Tokens" };

export function BudgetsPanel({ budgets, mayChoose }: { budgets: Budgets; mayChoose: boolean }) {
  return (
    <Panel
      title="Budgets"
      description={`Until ${dayOf(budgets.periodTo)}. At a cap calls are refused before an agent is asked. Compute is the time from asking an agent to the end of its answer.`}
    >
      <dl className="grid grid-cols-1 gap-x-8 gap-y-5 sm:grid-cols-3">
        {budgets.items.map((item) => (
          <BudgetBar key={item.metric} item={item} />
        ))}
      </dl>
      {mayChoose ? <AtCapForm atCap={budgets.atCap} /> : null}
    </Panel>
  );
}

function BudgetBar({ item }: { item: BudgetItem }) {
  const words = item.metric === "compute_ms" ? spanWords : countWords;
  const shareOf = (amount: number) => (item.limit === 0 ? 1 : Math.min(1, amount / item.limit));
  const [share, held] = [shareOf(item.spent), shareOf(item.spent + item.reserved)];
  const tone = share >= 1 ? "text-failed" : share >= nearShare ? "text-working" : "text-accent";
  const leadsOver = item.forecast !== null && item.forecast > item.limit && share < 1;
  return (
    <div className="grid content-start gap-1.5">
      <dt className="flex items-baseline justify-between gap-3 text-sm">
        <span className="text-ink-2">{labels[item.metric]}</span>
        <span className="tabular text-ink-3 text-xs">
          {share >= 1 ? "Used up · " : ""}
          <span className="font-medium text-ink text-sm">{words(item.spent)}</span> of {words(item.limit)}
        </span>
      </dt>
      <dd className="grid gap-1.5">
        <span className="block h-1.5 overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset">
          <svg aria-hidden="true" viewBox="0 0 100 1" preserveAspectRatio="none" className="block h-full w-full">
            <rect width={held * 100} height="1" className={classNames("fill-current opacity-35", tone)} />
            <rect width={Math.max(share * 100, item.spent > 0 ? 1 : 0)} height="1" className={classNames("fill-current", tone)} />
          </svg>
        </span>
        <span className={classNames("tabular text-xs", leadsOver ? "text-working" : "text-ink-3")}>
          {item.reserved > 0 ? `${words(item.reserved)} reserved · ` : ""}
          {item.forecast === null
            ? "too early to foresee"
            : `${words(item.forecast)} at this pace${leadsOver ? ", over the cap" : ""}`}
        </span>
      </dd>
    </div>
  );
}

function AtCapForm({ atCap }: { atCap: Budgets["atCap"] }) {
  return (
    <CsrfForm className="mt-6 grid grid-cols-1 gap-4 border-line border-t pt-5 sm:grid-cols-[minmax(0,36rem)]">
      <SelectField
        label="When 50, 80 and 100 % of a budget are used"
        name="atCap"
        defaultValue={atCap}
        help="Calls are refused at the cap either way."
      >
        <option value="notify_and_block">Write to the owners</option>
        <option value="block">Write to nobody</option>
      </SelectField>
      <div>
        <Button name="intent" value="atCap" isBusy={useIsSubmitting("atCap")}>
          Save
        </Button>
      </div>
    </CsrfForm>
  );
}

function dayOf(moment: Date): string {
  return moment.toLocaleDateString("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
}
