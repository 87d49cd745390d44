// Which runtime an agent's next versions go to, and moving what is live to another.
import { useId } from "react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { runtimeWords } from "~/app/deployments/deployment-words";
import { FormSummary } from "~/app/form-summary";
import { type AgentPlace, paths } from "~/app/paths";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { LinkButton } from "~/app/ui/link-button";
import { Notice } from "~/app/ui/notice";
import { Panel } from "~/app/ui/panel";
import { SelectField } from "~/app/ui/select-field";
import type { AgentItem } from "~/server/agents/agents.contract";
import type { RuntimeState } from "~/server/runtimes/runtimes.contract";

type Props = {
  agent: AgentItem;
  at: AgentPlace;
  runtimes: RuntimeState[];
  mayDeploy: boolean;
  problem: FormProblem | null | undefined;
};

export function AgentRuntime({ agent, at, runtimes, mayDeploy, problem }: Props) {
  const headingId = useId();
  const isGone = runtimes.some(({ runtime, isOffered }) => runtime === agent.runtime && !isOffered);
  const others = runtimes.filter(({ runtime, isOffered }) => isOffered && runtime !== agent.runtime);
  return (
    <Panel
      title="Runtime"
      description="Where it runs. A bundle that does not claim the runtime chosen here goes to the first that it names."
      actions={
        <LinkButton to={paths.runtimes(at.workspaceId)} size="small" prefetch="intent">
          Compare runtimes
        </LinkButton>
      }
    >
      <CsrfForm className="grid max-w-xl gap-4" key={agent.preferredRuntime}>
        <input type="hidden" name="intent" value="prefer" />
        <FormSummary problem={problem} />
        <SelectField label="Next versions go to" name="preferredRuntime" defaultValue={agent.preferredRuntime ?? ""}>
          <option value="">The first that the bundle names</option>
          {runtimes.map(({ runtime, isOffered, isPlanned }) => (
            <option key={runtime} value={runtime} disabled={!isOffered || !isPlanned}>
              {runtimeWords[runtime]}
              {isOffered ? "" : " (not set up here)"}
              {isPlanned ? "" : " (not in your plan)"}
            </option>
          ))}
        </SelectField>
        <div>
          <Button isBusy={useIsSubmitting("prefer")}>Save</Button>
        </div>
      </CsrfForm>
      {agent.runtime && mayDeploy ? (
        <section aria-labelledby={headingId} className="mt-6 border-line border-t pt-5">
          <h3 id={headingId} className="font-medium text-ink text-sm leading-6">
            Move what is live
          </h3>
          <p className="mt-0.5 max-w-xl text-ink-2 text-sm leading-6">
            Version {agent.activeVersion} runs on {runtimeWords[agent.runtime]}. A move deploys the same bundle elsewhere and
            switches over once it has passed the probe; the way back stays open. The next page says what would change.
          </p>
          {isGone ? <GoneNotice name={runtimeWords[agent.runtime]} /> : null}
          <MoveChoices at={at} others={others} />
        </section>
      ) : null}
    </Panel>
  );
}

function GoneNotice({ name }: { name: string }) {
  return (
    <Notice tone="problem" title={`${name} is not set up here any more.`} className="mt-3 max-w-xl">
      Calls are refused until the operator sets it up again, or you move this version.
    </Notice>
  );
}

function MoveChoices({ at, others }: { at: AgentPlace; others: RuntimeState[] }) {
  if (others.length === 0) {
    return <p className="mt-3 text-[0.8125rem] text-ink-3">This installation offers no other runtime.</p>;
  }
  return (
    <div className="mt-3 flex flex-wrap gap-2">
      {others.map(({ runtime }) => (
        <LinkButton key={runtime} to={paths.agentMove(at, runtime)} prefetch="intent">
          Move to {runtimeWords[runtime]}…
        </LinkButton>
      ))}
    </div>
  );
}
