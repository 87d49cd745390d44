// Asks before a version goes live, and names what will be different from the next call on.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { Dialog } from "~/app/ui/dialog";
import type { VersionDiff } from "~/server/deployments/compare.contract";
import type { DeploymentDetail, DeploymentItem } from "~/server/deployments/deployments.contract";
import { ChangesSummary } from "./changes-summary";

type Props = {
  isOpen: boolean;
  onClose: () => void;
  /** `Roll back to v3`. */
  word: string;
  deployment: DeploymentDetail;
  live: DeploymentItem | null;
  /** From the live version to this one; null when there is none, or it could not be reckoned. */
  diff: VersionDiff | null;
};

export function ActivateDialog({ isOpen, onClose, word, deployment, live, diff }: Props) {
  const isBusy = useIsSubmitting("activate");
  const named = deployment.requiredKeys.length + Object.keys(deployment.secretVersions).length > 0;
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={`${word}?`}
      description={
        <p>
          New calls go to v{deployment.version}
          {live ? ` instead of v${live.version}; calls under way finish where they are.` : "."} Nothing is rebuilt, and it takes
          effect at once.{named ? " It runs with the secrets as they are set today; their values are not rolled back." : ""}
        </p>
      }
    >
      {diff && live ? (
        <section aria-label="What changes" className="mb-5 rounded-lg border border-line bg-sunken/50 p-4">
          <ChangesSummary diff={diff} />
        </section>
      ) : null}
      {live && !diff ? (
        <p className="mb-5 text-[0.8125rem] text-ink-2 leading-5">
          What changes could not be reckoned; the page behind this window says why.
        </p>
      ) : null}
      <CsrfForm className="flex flex-wrap justify-end gap-2" onSubmit={onClose}>
        <Button type="button" onClick={onClose}>
          Leave as it is
        </Button>
        <input type="hidden" name="intent" value="activate" />
        <Button tone="primary" isBusy={isBusy}>
          {word}
        </Button>
      </CsrfForm>
    </Dialog>
  );
}
