// What can be done with a deployment in its present state.
import { useSearchParams } from "@remix-run/react";
import { MessageSquare } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { type AgentPlace, paths } from "~/app/paths";
import { Button } from "~/app/ui/button";
import { LinkButton } from "~/app/ui/link-button";
import type { VersionDiff } from "~/server/deployments/compare.contract";
import type { DeploymentDetail, DeploymentItem } from "~/server/deployments/deployments.contract";
import { activationWord, deploymentWords, isCallable } from "./deployment-words";

const loadDialog = () => import("./activate-dialog");
/** Most who look at a version do not move it: its dialog is fetched when somebody is about to. */
const ActivateDialog = lazy(async () => ({ default: (await loadDialog()).ActivateDialog }));

type Props = { deployment: DeploymentDetail; live: DeploymentItem | null; diff: VersionDiff | null; at: AgentPlace };

export function DeploymentActs({ deployment, live, diff, at }: Props) {
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
  if (status === "active" || !isCallable(deployment)) return null;
  return (
    <div className="flex flex-wrap gap-2">
      <LinkButton to={paths.playground(at, deployment.deploymentId)}>
        <MessageSquare aria-hidden="true" />
        Try it first
      </LinkButton>
      <Activate deployment={deployment} live={live} diff={diff} />
    </div>
  );
}

/** The button sends by itself when there is no JavaScript to ask first. */
function Activate({ deployment, live, diff }: Omit<Props, "at">) {
  const [search, setSearch] = useSearchParams();
  const [isAsking, setIsAsking] = useState(search.get("ask") === "activate");
  const isBusy = useIsSubmitting("activate");
  const word = activationWord(deployment, live);
  const close = () => {
    setIsAsking(false);
    if (search.has("ask")) setSearch({}, { replace: true, preventScrollReset: true });
  };
  return (
    <>
      <CsrfForm>
        <Button
          name="intent"
          value="activate"
          tone="primary"
          isBusy={isBusy}
          onPointerEnter={() => void loadDialog()}
          onClick={(event) => {
            event.preventDefault();
            setIsAsking(true);
          }}
        >
          {word}
        </Button>
      </CsrfForm>
      {isAsking ? (
        <Suspense fallback={null}>
          <ActivateDialog isOpen onClose={close} word={word} deployment={deployment} live={live} diff={diff} />
        </Suspense>
      ) : null}
    </>
  );
}
