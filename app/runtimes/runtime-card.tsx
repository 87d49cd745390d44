// One runtime for whoever chooses where an agent runs: what it is, how it is, whether the plan has it.
import { paths } from "~/app/paths";
import { LinkButton } from "~/app/ui/link-button";
import { Panel } from "~/app/ui/panel";
import { Tag } from "~/app/ui/tag";
import { runtimeFacts } from "~/server/runtimes/runtime-facts.contract";
import type { RuntimeState } from "~/server/runtimes/runtimes.contract";
import { CheckLine } from "./check-line";
import { RuntimeMark } from "./runtime-mark";
import { SetUpSteps } from "./set-up-steps";

type Props = { state: RuntimeState; workspaceId: string; maySeePlans: boolean; now: number };

export function RuntimeCard({ state, workspaceId, maySeePlans, now }: Props) {
  const facts = runtimeFacts[state.runtime];
  return (
    <Panel className="flex flex-col">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3 gap-y-1">
        <h2 className="font-medium text-base text-ink leading-6">{facts.name}</h2>
        <RuntimeMark isOffered={state.isOffered} check={state.check} />
      </div>
      <p className="mt-1 text-ink-2 text-sm leading-6">{facts.what}</p>
      <ul className="mt-3 grid list-disc gap-1 pl-4 text-[0.8125rem] text-ink-2 leading-5 marker:text-ink-3">
        {facts.traits.map((trait) => (
          <li key={trait}>{trait}</li>
        ))}
      </ul>
      <div className="mt-4 flex flex-wrap items-center gap-x-3 gap-y-2 text-[0.8125rem] text-ink-3 leading-5">
        <Tag>{state.isPlanned ? "In your plan" : "Not in your plan"}</Tag>
        {state.isOffered ? (
          <span>
            <CheckLine check={state.check} now={now} />
          </span>
        ) : null}
        {!state.isPlanned && maySeePlans ? (
          <LinkButton to={paths.billing(workspaceId)} size="small">
            See plans
          </LinkButton>
        ) : null}
      </div>
      {state.isOffered ? null : <SetUpSteps runtime={state.runtime} environment={null} />}
    </Panel>
  );
}
