// What is left to say before a bundle becomes a version: missing secrets, and whether it goes live by itself.
import { Rocket } from "lucide-react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { SecretFields } from "~/app/secrets/secret-fields";
import { Button } from "~/app/ui/button";
import { Panel } from "~/app/ui/panel";
import type { UploadItem } from "~/server/bundles/bundles.contract";
import type { DeploymentPlan } from "~/server/deployments/foresight.contract";
import type { SecretItem } from "~/server/secrets/secrets.contract";
import { DeploymentOutlook } from "./deployment-outlook";

type Props = {
  upload: UploadItem;
  /** Null for somebody who may look but not deploy. */
  plan: DeploymentPlan | null;
  secrets: SecretItem[];
  problem: FormProblem | undefined;
};

export function NewDeploymentForm({ upload, plan, secrets, problem }: Props) {
  const { requiredKeys, optionalKeys } = upload.manifest.env;
  const isBusy = useIsSubmitting();
  return (
    <CsrfForm className="grid grid-cols-1 gap-6">
      <input type="hidden" name="uploadId" value={upload.uploadId} />
      <FormSummary problem={problem} />
      {requiredKeys.length + optionalKeys.length > 0 ? (
        <Panel title="Secrets" description="Sealed on arrival. Nobody can read them back, not even you.">
          <SecretFields requiredKeys={requiredKeys} optionalKeys={optionalKeys} known={secrets} errors={problem?.fields ?? {}} />
        </Panel>
      ) : null}
      <Panel title="When its probe has passed">
        <fieldset className="grid grid-cols-1 gap-3">
          <legend className="sr-only">When its probe has passed</legend>
          <Choice
            value="yes"
            word="Go live"
            meaning="New calls go to this version; calls under way finish on the old one."
            isDefault
          />
          <Choice value="no" word="Wait" meaning="It stays ready until somebody activates it." />
        </fieldset>
      </Panel>
      {plan ? <DeploymentOutlook plan={plan} /> : null}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button tone="primary" size="large" isBusy={isBusy}>
          <Rocket aria-hidden="true" />
          {plan ? `Deploy version ${plan.version}` : "Deploy"}
        </Button>
        <p className="max-w-sm text-ink-3 text-xs leading-5">
          Your code runs with its secrets and can send them to any host it may reach: you answer for what it does.
        </p>
      </div>
    </CsrfForm>
  );
}

function Choice({
  value,
  word,
  meaning,
  isDefault = false,
}: {
  value: string;
  word: string;
  meaning: string;
  isDefault?: boolean;
}) {
  return (
    <label className="flex cursor-pointer gap-3 text-sm">
      <input type="radio" name="activate" value={value} defaultChecked={isDefault} className="mt-1 size-4 accent-accent" />
      <span>
        <span className="block font-medium">{word}</span>
        <span className="block text-[0.8125rem] text-ink-3 leading-5">{meaning}</span>
      </span>
    </label>
  );
}
