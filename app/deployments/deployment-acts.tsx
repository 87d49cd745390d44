// What can be done with a deployment in its present state.
import { useState } from "react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { Dialog } from "~/app/ui/dialog";
import type { DeploymentDetail } from "~/server/deployments/deployments.contract";
import { deploymentWords } from "./deployment-words";

type Props = { deployment: DeploymentDetail; live: DeploymentDetail | null };

export function DeploymentActs({ deployment, live }: Props) {
  const { status, cancelRequested } = deployment;
  const isCancelling = useIsSubmitting("cancel");
  const isRetrying = useIsSubmitting("retry");
  if (!deploymentWords[status].isFinished) {
    return (
      <CsrfForm>
        <Button name="intent" value="cancel" isBusy={isCancelling} disabled={cancelRequested}>
          {cancelRequested ? "Cancelling" : "Cancel"}
        </Button>
      </CsrfForm>
    );
  }
  if (status === "failed" || status === "cancelled") {
    return (
      <CsrfForm>
        <Button name="intent" value="retry" isBusy={isRetrying}>
          Try again
        </Button>
      </CsrfForm>
    );
  }
  return status === "active" ? null : <Activate deployment={deployment} live={live} />;
}

/** The button sends by itself when there is no JavaScript to ask first. */
function Activate({ deployment, live }: Props) {
  const [isAsking, setIsAsking] = useState(false);
  const isBusy = useIsSubmitting("activate");
  const isRollback = live !== null && live.version > deployment.version;
  const word = isRollback ? `Roll back to v${deployment.version}` : `Activate v${deployment.version}`;
  return (
    <>
      <CsrfForm>
        <Button
          name="intent"
          value="activate"
          tone="primary"
          isBusy={isBusy}
          onClick={(event) => {
            event.preventDefault();
            setIsAsking(true);
          }}
        >
          {word}
        </Button>
      </CsrfForm>
      <Dialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={`${word}?`}
        description={<WhatChanges deployment={deployment} live={live} />}
      >
        <CsrfForm className="flex justify-end gap-2" onSubmit={() => setIsAsking(false)}>
          <Button type="button" onClick={() => setIsAsking(false)}>
            Leave as it is
          </Button>
          <input type="hidden" name="intent" value="activate" />
          <Button tone="primary" isBusy={isBusy}>
            {word}
          </Button>
        </CsrfForm>
      </Dialog>
    </>
  );
}

function WhatChanges({ deployment, live }: Props) {
  const secrets = Object.entries(deployment.secretVersions);
  return (
    <>
      <p>
        New calls go to v{deployment.version}
        {live ? ` instead of v${live.version}; calls under way finish where they are.` : "."} Nothing is rebuilt.
      </p>
      {secrets.length > 0 ? (
        <p className="mt-2">
          It was placed with{" "}
          <span className="font-mono text-[0.8125rem] text-ink">
            {secrets.map(([name, version]) => `${name} v${version}`).join(", ")}
          </span>
          .
        </p>
      ) : null}
    </>
  );
}
