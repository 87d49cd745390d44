// A bundle from a public repository at GitHub; a form, so it works without JavaScript.
import { useNavigation } from "@remix-run/react";
import { GitBranch } from "lucide-react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { TextField } from "~/app/ui/text-field";

type Props = {
  /** The page that takes the intent `github`; absent: the page it stands on. */
  action?: string;
  problem?: FormProblem | null | undefined;
  values?: { url?: string; ref?: string } | undefined;
};

export function GithubForm({ action, problem, values }: Props) {
  const isBusy = useIsSubmitting("github");
  return (
    <CsrfForm {...(action ? { action } : {})} className="grid grid-cols-1 gap-4 rounded-lg border border-line bg-surface p-5">
      <input type="hidden" name="intent" value="github" />
      <div>
        <h2 className="font-medium text-sm">Or from GitHub</h2>
        <p className="mt-0.5 text-[0.8125rem] text-ink-2 leading-5">
          A public repository with <code className="font-mono">agent.config.json</code> at its root. Private ones cannot be
          fetched from here: upload them as a zip.
        </p>
      </div>
      <FormSummary problem={problem} />
      <RepositoryFields errors={problem?.fields ?? {}} values={values} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button isBusy={isBusy}>
          <GitBranch aria-hidden="true" />
          Fetch from GitHub
        </Button>
        <FetchingWords isBusy={isBusy} />
      </div>
    </CsrfForm>
  );
}

function RepositoryFields({ errors, values }: { errors: FormProblem["fields"]; values: Props["values"] }) {
  return (
    <div className="grid grid-cols-1 items-start gap-4 sm:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
      <TextField
        label="Repository"
        name="url"
        type="url"
        inputMode="url"
        required
        maxLength={300}
        autoComplete="off"
        spellCheck={false}
        placeholder="https://github.com/owner/repository"
        defaultValue={values?.url}
        error={errors["url"]}
      />
      <TextField
        label="Branch, tag or commit"
        name="ref"
        isMono
        maxLength={200}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        defaultValue={values?.ref}
        error={errors["ref"]}
        help="Empty: the default branch."
      />
    </div>
  );
}

function FetchingWords({ isBusy }: { isBusy: boolean }) {
  const repository = String(useNavigation().formData?.get("url") ?? "").replace(/^https:\/\/github\.com\//, "");
  return (
    <p role="status" className="min-w-0 break-all text-[0.8125rem] text-ink-2">
      {isBusy ? `Fetching ${repository}, then checking every entry. At most a minute.` : "You look at it before anything runs."}
    </p>
  );
}
