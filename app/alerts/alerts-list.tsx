// What was raised lately: what is active first, then what was resolved.
import { Link, useParams } from "@remix-run/react";
import { BellOff } from "lucide-react";
import { paths } from "~/app/paths";
import { Cell, DataTable, HeadCell, NarrowLine } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { Moment } from "~/app/ui/moment";
import { StateMark } from "~/app/ui/state-mark";
import type { AlertItem } from "~/server/alerts/alerts.contract";
import { alertWords } from "./alert-words";

export function AlertsList({ items }: { items: AlertItem[] }) {
  if (items.length === 0) {
    return (
      <EmptyState icon={BellOff} title="Nothing was raised">
        When calls of an agent fail too often, or a version does not go live, you see it here.
      </EmptyState>
    );
  }
  return (
    <DataTable
      caption="Alerts"
      head={
        <>
          <HeadCell>State</HeadCell>
          <HeadCell isWideOnly>Agent</HeadCell>
          <HeadCell>What</HeadCell>
          <HeadCell isNumber>Raised</HeadCell>
          <HeadCell isNumber isWideOnly>
            Resolved
          </HeadCell>
        </>
      }
    >
      {items.map((item) => (
        <AlertRow key={item.alertId} item={item} />
      ))}
    </DataTable>
  );
}

function AlertRow({ item }: { item: AlertItem }) {
  const { workspaceId = "" } = useParams();
  const at = { workspaceId, agentId: item.agentId };
  const version = item.facts["deploymentId"];
  return (
    <tr>
      <Cell>{item.resolvedAt ? <StateMark tone="live">Resolved</StateMark> : <StateMark tone="failed">Active</StateMark>}</Cell>
      <Cell isWideOnly>
        <AgentLink item={item} workspaceId={workspaceId} />
      </Cell>
      <Cell className="py-2">
        <Link
          className="hover:underline"
          to={typeof version === "string" && version ? paths.deployment(at, version) : paths.errors(at)}
        >
          {alertWords(item)}
        </Link>
        <NarrowLine>
          <AgentLink item={item} workspaceId={workspaceId} />
        </NarrowLine>
      </Cell>
      <Cell isNumber>
        <Moment at={item.raisedAt} />
      </Cell>
      <Cell isNumber isWideOnly>
        {item.resolvedAt ? <Moment at={item.resolvedAt} /> : "–"}
      </Cell>
    </tr>
  );
}

function AgentLink({ item: { agentId, agentName }, workspaceId }: { item: AlertItem; workspaceId: string }) {
  return (
    <Link className="break-all font-mono text-[0.8125rem] text-ink hover:underline" to={paths.agent({ workspaceId, agentId })}>
      {agentName}
    </Link>
  );
}
