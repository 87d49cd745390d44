// Whether an agent keeps what is said to it: switched on with a time limit, switched off with a word on what becomes of what is there.
import { useState } from "react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { countOf } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { StateMark } from "~/app/ui/state-mark";
import { TextField } from "~/app/ui/text-field";
import type { ConversationKeeping } from "~/server/conversations/conversations.contract";

type Props = { keeping: ConversationKeeping; problem: FormProblem | null | undefined };

export function KeepingPanel({ keeping, problem }: Props) {
  return (
    <Panel
      title="Conversations"
      description="The platform keeps counts and timings, never words, unless you switch this on. What is kept is sealed, goes after its time, and every reading is in the audit log."
      actions={keeping.isOn ? <StateMark tone="live">Kept</StateMark> : <StateMark tone="off">Not kept</StateMark>}
    >
      <FormSummary problem={problem} />
      {keeping.isOn ? <SwitchOff keeping={keeping} /> : <SwitchOn keeping={keeping} problem={problem} />}
    </Panel>
  );
}

function SwitchOn({ keeping, problem }: Props) {
  const { keepDaysMax, turnsKept } = keeping;
  return (
    <div className="grid grid-cols-1 gap-5">
      <CsrfForm className="grid max-w-xl gap-4">
        <TextField
          label="Days to keep"
          name="keepDays"
          type="number"
          min={1}
          max={keepDaysMax}
          defaultValue={Math.min(30, keepDaysMax)}
          help={`Your plan keeps them for at most ${countOf(keepDaysMax, "day")}. Whoever may read conversations, support included, sees what was said. Tell the people who talk to this agent.`}
          error={problem?.fields["keepDays"]}
        />
        <div>
          <Button name="intent" value="keep" isBusy={useIsSubmitting("keep")}>
            Keep conversations from now on
          </Button>
        </div>
      </CsrfForm>
      {turnsKept > 0 ? <StillKept turnsKept={turnsKept} /> : null}
    </div>
  );
}

function StillKept({ turnsKept }: { turnsKept: number }) {
  return (
    <CsrfForm className="flex flex-wrap items-center justify-between gap-3 border-line border-t pt-4">
      <p className="text-ink-2 text-sm">
        {countOf(turnsKept, "answer")} from before {turnsKept === 1 ? "is" : "are"} still kept until the time is over.
      </p>
      <Button tone="danger" size="small" name="intent" value="deleteKept" isBusy={useIsSubmitting("deleteKept")}>
        Delete them now
      </Button>
    </CsrfForm>
  );
}

function SwitchOff({ keeping: { keepDays, since, turnsKept } }: { keeping: ConversationKeeping }) {
  const [deletes, setDeletes] = useState(false);
  return (
    <CsrfForm className="grid max-w-xl gap-4">
      <p className="text-ink-2 text-sm leading-6">
        What is said is kept for {countOf(keepDays ?? 0, "day")}
        {since ? (
          <>
            , since <Moment at={since} />
          </>
        ) : null}
        . {countOf(turnsKept, "answer")} {turnsKept === 1 ? "is" : "are"} kept now.
      </p>
      <label className="flex items-start gap-2.5 text-ink-2 text-sm leading-6">
        <input
          type="checkbox"
          name="deletesKept"
          checked={deletes}
          onChange={(event) => setDeletes(event.target.checked)}
          className="mt-1 size-4 accent-accent"
        />
        <span>Delete what is kept as well. That cannot be undone.</span>
      </label>
      <div>
        <Button tone={deletes ? "danger" : "secondary"} name="intent" value="stopKeeping" isBusy={useIsSubmitting("stopKeeping")}>
          {deletes ? "Stop, and delete what is kept" : "Stop keeping conversations"}
        </Button>
      </div>
    </CsrfForm>
  );
}
