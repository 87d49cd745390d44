// The runtimes for operators: how each is in its own words, what is warned of, and how the missing ones are set up.
import { CheckLine } from "~/app/runtimes/check-line";
import { RuntimeMark } from "~/app/runtimes/runtime-mark";
import { SetUpSteps } from "~/app/runtimes/set-up-steps";
import { countOf, spanWords } from "~/app/ui/measures";
import { Notice } from "~/app/ui/notice";
import { Panel } from "~/app/ui/panel";
import { runtimeFacts } from "~/server/runtimes/runtime-facts.contract";
import type { RuntimeReport } from "~/server/runtimes/runtimes.contract";

type Props = { report: RuntimeReport; environment: string; now: number };

export function RuntimeReportPanel({ report, environment, now }: Props) {
  const { runtime, isOffered, check, versions } = report;
  const facts = runtimeFacts[runtime];
  return (
    <Panel>
      <div className="flex flex-wrap items-baseline justify-between gap-x-3 gap-y-1">
        <h2 className="font-medium text-base text-ink leading-6">{facts.name}</h2>
        <RuntimeMark isOffered={isOffered} check={check} />
      </div>
      <p className="mt-1 text-ink-2 text-sm leading-6">{check ? check.detail : facts.what}</p>
      {check?.warnings.map((warning) => (
        <Notice key={warning} tone="warning" className="mt-3">
          {warning}
        </Notice>
      ))}
      {!isOffered && versions > 0 ? (
        <Notice tone="problem" className="mt-3" title={`${countOf(versions, "version")} cannot be called`}>
          Placed on {facts.name}, which is not set up any more. Set it up again, or move what runs there.
        </Notice>
      ) : null}
      {isOffered ? (
        <p className="mt-3 text-[0.8125rem] text-ink-3 leading-5">
          {versions === 0 ? "No version is placed here." : `${countOf(versions, "version")} can be called here.`}{" "}
          <CheckLine check={check} now={now} />
          {check ? ` The check took ${spanWords(check.tookMs)}.` : ""}
        </p>
      ) : (
        <SetUpSteps runtime={runtime} environment={environment} />
      )}
    </Panel>
  );
}
