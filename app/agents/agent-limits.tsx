// How often an agent may be called and how many calls of it run at once, beneath what the plan lets.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { Panel } from "~/app/ui/panel";
import { TextField } from "~/app/ui/text-field";
import type { AgentItem } from "~/server/agents/agents.contract";

type Props = { agent: AgentItem; problem: FormProblem | null | undefined };

export function AgentLimits({ agent, problem }: Props) {
  return (
    <Panel
      title="Limits"
      description="Of all callers together, whatever each of them may do. A call above them is refused before it reaches a runtime, and costs nothing. A lower limit counts for calls that begin from then on: those that run go on to their end."
    >
      <CsrfForm className="grid max-w-xl gap-5" key={`${agent.callsPerMinuteMax} ${agent.concurrencyMax}`}>
        <input type="hidden" name="intent" value="limit" />
        <FormSummary problem={problem} />
        <div className="grid gap-5 sm:grid-cols-2">
          <LimitField label="Calls a minute, at most" name="callsPerMinuteMax" {...{ agent, problem }} />
          <LimitField label="Calls at once, at most" name="concurrencyMax" {...{ agent, problem }} />
        </div>
        <div>
          <Button isBusy={useIsSubmitting("limit")}>Save</Button>
        </div>
      </CsrfForm>
    </Panel>
  );
}

function LimitField({ label, name, agent, problem }: Props & { label: string; name: "callsPerMinuteMax" | "concurrencyMax" }) {
  return (
    <TextField
      label={label}
      name={name}
      type="number"
      inputMode="numeric"
      min={1}
      autoComplete="off"
      placeholder="As the plan allows"
      defaultValue={agent[name] ?? ""}
      error={problem?.fields[name]}
    />
  );
}
