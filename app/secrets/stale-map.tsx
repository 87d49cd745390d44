// Every running version of a workspace that holds older secrets, agent by agent, and the act that brings today's in.
import { Link } from "@remix-run/react";
import { CircleCheck } from "lucide-react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { paths } from "~/app/paths";
import { Button } from "~/app/ui/button";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { Notice } from "~/app/ui/notice";
import { Panel } from "~/app/ui/panel";
import { Tag } from "~/app/ui/tag";
import { IfMay } from "~/app/workspaces/if-may";
import type { StaleDeployment, StaleSecrets } from "~/server/secrets/secrets.contract";
import { RefreshList } from "./refresh-list";
import { StaleKeys, useAskingAgain } from "./stale-notice";

export function StaleMap({ stale, workspaceId }: { stale: StaleSecrets; workspaceId: string }) {
  const isUnderWay = stale.refreshes.some((refresh) => refresh.finishedAt === null);
  useAskingAgain(isUnderWay);
  return (
    <>
      {stale.isKnown ? null : (
        <Notice tone="warning" title="What runs is not known now">
          A runtime does not answer, so this may not be all.
        </Notice>
      )}
      {stale.refreshes.length > 0 ? (
        <Panel title={isUnderWay ? "Bringing the new values in" : "Within the last hour"}>
          <RefreshList refreshes={stale.refreshes} showsAgent />
        </Panel>
      ) : null}
      <Panel title="Runs with older values" isFlush actions={stale.items.length > 0 && !isUnderWay ? <ApplyAll /> : null}>
        {stale.items.length === 0 ? (
          <EmptyState icon={CircleCheck} title="Everything that runs has today's secrets" />
        ) : (
          <DataTable
            caption="Versions that run with older values"
            head={
              <>
                <HeadCell>Agent</HeadCell>
                <HeadCell>Version</HeadCell>
                <HeadCell>Secrets</HeadCell>
              </>
            }
          >
            {stale.items.map((item) => (
              <StaleRow key={item.deploymentId} item={item} workspaceId={workspaceId} />
            ))}
          </DataTable>
        )}
      </Panel>
    </>
  );
}

function StaleRow({ item, workspaceId }: { item: StaleDeployment; workspaceId: string }) {
  return (
    <tr>
      <Cell>
        <Link
          to={paths.secrets({ workspaceId, agentId: item.agentId })}
          className="rounded font-medium text-ink underline-offset-4 hover:underline"
        >
          {item.agentName}
        </Link>
      </Cell>
      <Cell>
        <span className="inline-flex items-center gap-1.5">
          <Tag isMono>v{item.version}</Tag>
          {item.isLive ? "live" : "older, still running"}
        </span>
      </Cell>
      <Cell>
        <StaleKeys keys={item.keys} />
      </Cell>
    </tr>
  );
}

function ApplyAll() {
  const isBusy = useIsSubmitting();
  return (
    <IfMay action="secret.write">
      <CsrfForm>
        <Button tone="primary" size="small" isBusy={isBusy}>
          Apply to all
        </Button>
      </CsrfForm>
    </IfMay>
  );
}
