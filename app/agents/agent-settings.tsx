// What can be changed about an agent, the mild things first.
import { useState } from "react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { Panel } from "~/app/ui/panel";
import { TextAreaField } from "~/app/ui/text-area-field";
import { TextField } from "~/app/ui/text-field";
import type { AgentItem } from "~/server/agents/agents.contract";

type Props = { agent: AgentItem; problem: FormProblem | null | undefined };

export function DescribeAgent({ agent, problem }: Props) {
  return (
    <Panel title="Name and purpose">
      <CsrfForm className="grid max-w-xl gap-5" key={agent.updatedAt.getTime()}>
        <input type="hidden" name="intent" value="update" />
        <FormSummary problem={problem} />
        <TextField
          label="Name"
          name="name"
          isMono
          required
          maxLength={63}
          defaultValue={agent.name}
          error={problem?.fields["name"]}
          autoComplete="off"
        />
        <TextAreaField
          label="What is it for?"
          name="description"
          rows={2}
          maxLength={500}
          defaultValue={agent.description}
          error={problem?.fields["description"]}
        />
        <div>
          <Button isBusy={useIsSubmitting("update")}>Save</Button>
        </div>
      </CsrfForm>
    </Panel>
  );
}

export function CloneAgent({ agent, problem }: Props) {
  return (
    <Panel
      title="Clone"
      description="A new agent with the same description and variables. Values of secrets are never copied: you set them again."
    >
      <CsrfForm className="grid max-w-xl gap-4">
        <input type="hidden" name="intent" value="clone" />
        <FormSummary problem={problem} />
        <TextField
          label="Name of the clone"
          name="name"
          id="field-clone"
          isMono
          required
          maxLength={63}
          defaultValue={`${agent.name}-copy`.slice(0, 63)}
          error={problem?.fields["name"]}
          autoComplete="off"
        />
        {agent.activeDeploymentId ? (
          <label className="flex items-start gap-2.5 text-ink-2 text-sm leading-6">
            <input type="checkbox" name="deploys" className="mt-1 size-4 accent-accent" />
            <span>
              Deploy the bundle of version {agent.activeVersion} to it. If the bundle requires secrets, set them first; the clone
              waits.
            </span>
          </label>
        ) : null}
        <div>
          <Button isBusy={useIsSubmitting("clone")}>Clone</Button>
        </div>
      </CsrfForm>
    </Panel>
  );
}

export function SwitchAgent({ agent, problem }: Props) {
  const isDisabled = agent.status === "disabled";
  const intent = isDisabled ? "enable" : "disable";
  return (
    <Panel title={isDisabled ? "Enable" : "Disable"}>
      <FormSummary problem={problem} />
      <CsrfForm className="flex flex-wrap items-center justify-between gap-4">
        <p className="max-w-lg text-ink-2 text-sm leading-6">
          {isDisabled
            ? "New calls are answered again by the version that was live."
            : "Every new call is refused at once, by session and by key. Nothing is lost; enabling brings it back as it was."}
        </p>
        <Button name="intent" value={intent} isBusy={useIsSubmitting(intent)}>
          {isDisabled ? "Enable" : "Disable"}
        </Button>
      </CsrfForm>
    </Panel>
  );
}

export function DeleteAgent({ agent, problem }: Props) {
  const [typed, setTyped] = useState("");
  return (
    <Panel title="Delete" className="border-failed/40">
      <CsrfForm className="grid max-w-xl gap-4">
        <input type="hidden" name="intent" value="delete" />
        <FormSummary problem={problem} />
        <p className="text-ink-2 text-sm leading-6">
          New calls are refused at once. Its deployments, sessions and secrets go with it, and that cannot be undone. Usage and
          audit entries stay.
        </p>
        <TextField
          label={
            <>
              Type <code className="font-mono">{agent.name}</code> to delete it
            </>
          }
          name="confirmation"
          isMono
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          error={problem?.fields["confirmation"]}
        />
        <div>
          <Button tone="danger" isBusy={useIsSubmitting("delete")}>
            Delete this agent
          </Button>
        </div>
      </CsrfForm>
    </Panel>
  );
}
