// Which version to compare with: a choice that loads the page anew, with or without JavaScript.
import { Form, useNavigation, useSubmit } from "@remix-run/react";
import { Button } from "~/app/ui/button";
import { SelectField } from "~/app/ui/select-field";
import type { DeploymentItem } from "~/server/deployments/deployments.contract";
import { deploymentWords } from "./deployment-words";

type Props = { deploymentId: string; against: string | null; versions: readonly DeploymentItem[]; hasMore: boolean };

export function CompareForm({ deploymentId, against, versions, hasMore }: Props) {
  const submit = useSubmit();
  const isBusy = useNavigation().state === "loading";
  const others = versions.filter((version) => version.deploymentId !== deploymentId);
  if (others.length === 0) return null;
  return (
    <Form
      className="flex flex-wrap items-end gap-2"
      onChange={(event) => submit(event.currentTarget, { preventScrollReset: true })}
    >
      <div className="min-w-52">
        <SelectField
          label="Compare with"
          name="against"
          defaultValue={against ?? undefined}
          help={hasMore ? `The newest ${versions.length} versions.` : undefined}
        >
          {others.map((version) => (
            <option key={version.deploymentId} value={version.deploymentId}>
              v{version.version}, {deploymentWords[version.status].word.toLowerCase()}
            </option>
          ))}
        </SelectField>
      </div>
      <Button isBusy={isBusy}>Compare</Button>
    </Form>
  );
}
