// What runs with older secrets than those set now, the one act that brings them in, and how far it has come.
import { useRevalidator } from "@remix-run/react";
import { useEffect } from "react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { Notice } from "~/app/ui/notice";
import { IfMay } from "~/app/workspaces/if-may";
import type { StaleDeployment, StaleKey, StaleSecrets } from "~/server/secrets/secrets.contract";
import { RefreshList } from "./refresh-list";

const askAgainMs = 1_000;

export function StaleNotice({ stale }: { stale: StaleSecrets }) {
  const open = stale.refreshes.filter((refresh) => refresh.finishedAt === null);
  useAskingAgain(open.length > 0);
  const failed = stale.refreshes.filter((refresh) => refresh.status === "failed");
  if (open.length > 0) {
    return (
      <Notice title="Bringing the new values in">
        Calls under way finish with the values they began with. You may leave this page.
        <RefreshList refreshes={stale.refreshes} />
      </Notice>
    );
  }
  if (!stale.isKnown) {
    return (
      <Notice tone="warning" title="What runs is not known now">
        A runtime does not answer. What starts anew takes the secrets of today.
      </Notice>
    );
  }
  if (stale.items.length === 0) return <Applied stale={stale} />;
  return (
    <Notice tone="warning" title={titleOf(stale.items)} action={<Apply />}>
      <ul className="grid gap-1">
        {stale.items.map((item) => (
          <li key={item.deploymentId}>
            v{item.version}
            {item.isLive ? " (live)" : " (older, still running)"}: <StaleKeys keys={item.keys} />
          </li>
        ))}
      </ul>
      {failed.length > 0 ? <RefreshList refreshes={failed} /> : null}
    </Notice>
  );
}

export function StaleKeys({ keys }: { keys: StaleKey[] }) {
  return (
    <>
      {keys.map(({ name, heldVersion, currentVersion }, place) => (
        <span key={name}>
          {place > 0 ? ", " : ""}
          <code className="font-mono text-[0.8125rem] text-ink">{name}</code>{" "}
          {heldVersion === null ? "not set" : `v${heldVersion}`} → {currentVersion === null ? "unset" : `v${currentVersion}`}
        </span>
      ))}
    </>
  );
}

function Apply() {
  const isBusy = useIsSubmitting("apply");
  return (
    <IfMay action="secret.write">
      <CsrfForm>
        <Button tone="primary" size="small" name="intent" value="apply" isBusy={isBusy}>
          Apply now
        </Button>
      </CsrfForm>
    </IfMay>
  );
}

/** For an hour: that it is done is worth knowing, and then it is a matter for the audit log. */
function Applied({ stale }: { stale: StaleSecrets }) {
  if (!stale.refreshes.some((refresh) => refresh.status === "done")) return null;
  return <Notice tone="done">Everything that runs has today's secrets.</Notice>;
}

function titleOf(items: StaleDeployment[]): string {
  return items.some((item) => item.isLive)
    ? "The live version still runs with older values"
    : "An older version still runs with older values";
}

/** Loads the page's data again while something is under way. */
export function useAskingAgain(isUnderWay: boolean): void {
  const { revalidate } = useRevalidator();
  useEffect(() => {
    if (!isUnderWay) return;
    const timer = setInterval(revalidate, askAgainMs);
    return () => clearInterval(timer);
  }, [isUnderWay, revalidate]);
}
