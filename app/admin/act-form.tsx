// One act, spelled out: what it will do now, why it is done, and for the widest ones the name typed once more.
import { ArrowRight } from "lucide-react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { LinkButton } from "~/app/ui/link-button";
import { Panel } from "~/app/ui/panel";
import { TextAreaField } from "~/app/ui/text-area-field";
import { TextField } from "~/app/ui/text-field";
import { actsThatAskForTheName } from "~/server/admin/acts.contract";
import type { Foresight } from "~/server/admin/admin.contract";
import { actWords, toldWords } from "./act-words";

type Props = {
  foreseen: Foresight;
  back: string;
  problem: FormProblem | null | undefined;
  values: { reason: string; confirmation: string } | undefined;
};

export function ActForm({ foreseen, back, problem, values }: Props) {
  const words = actWords[foreseen.act];
  const isBusy = useIsSubmitting();
  const asksForName = actsThatAskForTheName.includes(foreseen.act);
  return (
    <Panel title="What this does, as things are now">
      <Consequences sentences={words.consequences(foreseen)} />
      <CsrfForm className="mt-6 grid max-w-xl gap-5 border-line border-t pt-6">
        <FormSummary problem={problem} />
        <TextAreaField
          label="Why"
          name="reason"
          rows={2}
          required
          maxLength={300}
          defaultValue={values?.reason}
          error={problem?.fields["reason"]}
          help={toldWords}
        />
        {asksForName ? (
          <TextField
            label={
              <>
                Type <code className="font-mono">{foreseen.name}</code> to confirm
              </>
            }
            name="confirmation"
            autoComplete="off"
            spellCheck={false}
            defaultValue={values?.confirmation}
            error={problem?.fields["confirmation"]}
          />
        ) : null}
        <div className="flex flex-wrap gap-2">
          <Button tone={words.isDanger ? "danger" : "primary"} isBusy={isBusy}>
            {words.button}
          </Button>
          <LinkButton tone="quiet" to={back}>
            Leave it as it is
          </LinkButton>
        </div>
      </CsrfForm>
    </Panel>
  );
}

function Consequences({ sentences }: { sentences: string[] }) {
  return (
    <ul className="grid gap-2 text-ink text-sm leading-6">
      {sentences.map((sentence) => (
        <li key={sentence} className="flex gap-2.5">
          <ArrowRight aria-hidden="true" className="mt-1 size-4 shrink-0 text-ink-3" />
          {sentence}
        </li>
      ))}
    </ul>
  );
}
