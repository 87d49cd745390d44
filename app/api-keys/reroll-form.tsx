// Asks how long the old key works on beside its successor.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import { paths } from "~/app/paths";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { LinkButton } from "~/app/ui/link-button";
import { SelectField } from "~/app/ui/select-field";
import type { ApiKeyItem } from "~/server/api-keys/api-keys.contract";
import { overlapHours } from "~/server/api-keys/overlap.contract";
import { overlapWords } from "./key-words";

type Props = { item: ApiKeyItem; workspaceId: string; problem: FormProblem | null | undefined };

export function RerollForm({ item, workspaceId, problem }: Props) {
  return (
    <CsrfForm className="grid max-w-xl grid-cols-1 gap-5">
      <FormSummary problem={problem} />
      <ul className="list-disc space-y-1 pl-5 text-ink-2 text-sm leading-6">
        <li>A new key is made and shown once: the same rights, agents and caps, for as long as this one was made for.</li>
        <li>Until the overlap ends both work, and the list of keys says how often the old one is still used.</li>
        <li>After that the old key is refused, everywhere, within a second.</li>
      </ul>
      <SelectField
        label="Overlap"
        name="overlapHours"
        defaultValue="24"
        error={problem?.fields["overlapHours"]}
        help="Choose none when somebody else may know the key."
      >
        {overlapHours.map((hours) => (
          <option key={hours} value={hours}>
            {overlapWords[hours]}
          </option>
        ))}
      </SelectField>
      <div className="flex flex-wrap gap-2">
        <Button tone="primary" isBusy={useIsSubmitting()}>
          Reroll {item.name}
        </Button>
        <LinkButton to={paths.keys(workspaceId)}>Leave it</LinkButton>
      </div>
    </CsrfForm>
  );
}
