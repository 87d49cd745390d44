// The versions of an agent, newest first.
import { Link } from "@remix-run/react";
import { Layers } from "lucide-react";
import { type AgentPlace, paths } from "~/app/paths";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { LinkButton } from "~/app/ui/link-button";
import { spanWords } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { Tag } from "~/app/ui/tag";
import { IfMay } from "~/app/workspaces/if-may";
import type { DeploymentItem } from "~/server/deployments/deployments.contract";
import { DeploymentState } from "./deployment-state";
import { runtimeWords } from "./deployment-words";
import { VersionMenu } from "./version-menu";

type Props = { items: DeploymentItem[]; live: Pick<DeploymentItem, "version"> | null; at: AgentPlace };

export function DeploymentsTable({ items, live, at }: Props) {
  if (items.length === 0) {
    return (
      <EmptyState
        icon={Layers}
        title="No deployments yet"
        action={
          <IfMay action="deployment.create">
            <LinkButton to={paths.deploymentNew(at)} tone="primary">
              Deploy a bundle
            </LinkButton>
          </IfMay>
        }
      >
        Each deployment is one immutable version. The newest that passes its probe goes live; any earlier one can come back
        without a rebuild.
      </EmptyState>
    );
  }
  return (
    <DataTable
      caption="Deployments, newest first"
      head={
        <>
          <HeadCell>Version</HeadCell>
          <HeadCell>State</HeadCell>
          <HeadCell isWideOnly>Runtime</HeadCell>
          <HeadCell isWideOnly>Bundle</HeadCell>
          <HeadCell isWideOnly>By</HeadCell>
          <HeadCell isNumber isWideOnly>
            Took
          </HeadCell>
          <HeadCell isNumber className="max-sm:px-1!">
            Made
          </HeadCell>
          <HeadCell className="w-10 px-1!">
            <span className="sr-only">Acts</span>
          </HeadCell>
        </>
      }
    >
      {items.map((item) => (
        <DeploymentRow key={item.deploymentId} item={item} live={live} at={at} />
      ))}
    </DataTable>
  );
}

function DeploymentRow({ item, live, at }: Omit<Props, "items"> & { item: DeploymentItem }) {
  const tookMs = item.startedAt && item.finishedAt ? item.finishedAt.getTime() - item.startedAt.getTime() : null;
  return (
    <tr className="hover:bg-hover/50">
      <Cell>
        <Link
          to={paths.deployment(at, item.deploymentId)}
          prefetch="intent"
          className="font-medium font-mono text-ink hover:underline"
        >
          v{item.version}
        </Link>
      </Cell>
      <Cell>
        <span className="flex items-center gap-2">
          <DeploymentState deployment={item} />
          {item.prunedAt ? <Tag>not kept</Tag> : null}
        </span>
        {item.failureReason ? <p className="max-w-28 truncate text-ink-3 text-xs sm:max-w-sm">{item.failureReason}</p> : null}
      </Cell>
      <Cell isWideOnly>{runtimeWords[item.runtime]}</Cell>
      <Cell isWideOnly>
        <code className="font-mono text-ink-3 text-xs" title={item.bundleSha256}>
          {item.bundleSha256.slice(0, 10)}
        </code>
      </Cell>
      <Cell isWideOnly className="max-w-40 truncate">
        {item.createdByName ?? "–"}
      </Cell>
      <Cell isNumber isWideOnly>
        {tookMs === null ? "–" : spanWords(tookMs)}
      </Cell>
      <Cell isNumber className="max-sm:px-1! max-sm:text-xs">
        <Moment at={item.createdAt} />
      </Cell>
      <Cell className="px-1! text-right">
        <VersionMenu item={item} live={live} at={at} />
      </Cell>
    </tr>
  );
}
