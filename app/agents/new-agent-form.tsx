// The bundle is here: name the agent, give the secrets it needs, deploy.
import { Rocket } from "lucide-react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { SecretFields } from "~/app/secrets/secret-fields";
import { Button } from "~/app/ui/button";
import { Panel } from "~/app/ui/panel";
import { TextAreaField } from "~/app/ui/text-area-field";
import { TextField } from "~/app/ui/text-field";
import type { UploadItem } from "~/server/bundles/bundles.contract";

type Props = {
  upload: UploadItem;
  problem: FormProblem | null | undefined;
  values: { name: string; description: string } | undefined;
};

export function NewAgentForm({ upload, problem, values }: Props) {
  const { requiredKeys, optionalKeys } = upload.manifest.env;
  const errors = problem?.fields ?? {};
  const hasSecrets = requiredKeys.length + optionalKeys.length > 0;
  return (
    <CsrfForm className="grid grid-cols-1 gap-6">
      <input type="hidden" name="intent" value="deploy" />
      <input type="hidden" name="uploadId" value={upload.uploadId} />
      <FormSummary problem={problem} />
      <Panel title="Agent">
        <div className="grid grid-cols-1 gap-5">
          <TextField
            label="Name"
            name="name"
            isMono
            required
            maxLength={63}
            autoComplete="off"
            spellCheck={false}
            defaultValue={values?.name ?? upload.manifest.name}
            error={errors["name"]}
            help="Lower-case letters, digits and dashes; unique in this workspace."
          />
          <TextAreaField
            label="What is it for?"
            name="description"
            rows={2}
            maxLength={500}
            defaultValue={values?.description}
            error={errors["description"]}
            help="For the people you work with. Optional."
          />
        </div>
      </Panel>
      {hasSecrets ? (
        <Panel title="Secrets" description="Sealed on arrival. Nobody can read them back, not even you.">
          <SecretFields requiredKeys={requiredKeys} optionalKeys={optionalKeys} known={[]} errors={errors} />
        </Panel>
      ) : null}
      <DeployLine />
    </CsrfForm>
  );
}

function DeployLine() {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <Button tone="primary" size="large" isBusy={useIsSubmitting("deploy")}>
        <Rocket aria-hidden="true" />
        Create and deploy
      </Button>
      <p className="max-w-sm text-ink-3 text-xs leading-5">
        Your code runs with these secrets and may reach the hosts above: you answer for what it does.
      </p>
    </div>
  );
}
