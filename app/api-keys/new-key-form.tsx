// Makes a key: what it may do, upon which agents, how often and how long.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { SelectField } from "~/app/ui/select-field";
import { TextField } from "~/app/ui/text-field";
import { type AgentChoice, AgentReach } from "./agent-reach";
import { presetWords } from "./key-words";

const lifetimes = [
  { value: "90", words: "90 days" },
  { value: "30", words: "30 days" },
  { value: "365", words: "One year" },
  { value: "", words: "Until revoked" },
];

type Props = { problem: FormProblem | null | undefined; name: string | undefined; agents: AgentChoice[] };

export function NewKeyForm({ problem, name, agents }: Props) {
  const error = (field: string) => problem?.fields[field];
  return (
    <CsrfForm className="grid grid-cols-1 gap-5">
      <input type="hidden" name="intent" value="create" />
      <FormSummary problem={problem} />
      <div className="grid grid-cols-1 items-start gap-5 sm:grid-cols-3">
        <TextField
          label="Name"
          name="name"
          required
          maxLength={60}
          autoComplete="off"
          placeholder="Support site, production"
          defaultValue={name}
          error={error("name")}
          help="Who or what will use it."
        />
        <SelectField label="May" name="preset" defaultValue="invoke" error={error("preset")}>
          {Object.entries(presetWords).map(([preset, words]) => (
            <option key={preset} value={preset}>
              {words}
            </option>
          ))}
        </SelectField>
        <SelectField label="Works for" name="expiresInDays" defaultValue="90" error={error("expiresInDays")}>
          {lifetimes.map((lifetime) => (
            <option key={lifetime.value} value={lifetime.value}>
              {lifetime.words}
            </option>
          ))}
        </SelectField>
      </div>
      <AgentReach agents={agents} error={error("agentIds")} />
      <div className="grid grid-cols-1 items-start gap-5 sm:grid-cols-3">
        <CapField label="Calls a minute, at most" name="callsPerMinuteMax" error={error("callsPerMinuteMax")} />
        <CapField label="Calls a month, at most" name="callsPerMonthMax" error={error("callsPerMonthMax")} />
      </div>
      <div>
        <Button tone="primary" isBusy={useIsSubmitting("create")}>
          Make key
        </Button>
      </div>
    </CsrfForm>
  );
}

function CapField({ label, name, error }: { label: string; name: string; error: string | undefined }) {
  return (
    <TextField
      label={label}
      name={name}
      type="number"
      inputMode="numeric"
      min={1}
      autoComplete="off"
      placeholder="As the plan allows"
      error={error}
    />
  );
}
