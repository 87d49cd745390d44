// The endpoints of the workspace, each with how it is doing.
import { Link, useParams } from "@remix-run/react";
import { Hash, Webhook } from "lucide-react";
import { paths } from "~/app/paths";
import { Cell, DataTable, HeadCell, NarrowLine } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { countOf } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { StateMark } from "~/app/ui/state-mark";
import type { WebhookItem } from "~/server/webhooks/webhooks.contract";
import { nameOf, stateOf } from "./webhook-words";

export function WebhooksList({ items }: { items: WebhookItem[] }) {
  if (items.length === 0) {
    return (
      <EmptyState icon={Webhook} title="Events go nowhere yet">
        A channel of Slack gets them as messages; a signed webhook gets them as JSON over HTTPS, so that its receiver knows who
        sends.
      </EmptyState>
    );
  }
  return (
    <DataTable
      caption="Where events go"
      head={
        <>
          <HeadCell isWideOnly>State</HeadCell>
          <HeadCell>Sent to</HeadCell>
          <HeadCell isWideOnly>Events</HeadCell>
          <HeadCell isNumber>Last delivered</HeadCell>
        </>
      }
    >
      {items.map((item) => (
        <Endpoint key={item.endpointId} item={item} />
      ))}
    </DataTable>
  );
}

function Endpoint({ item }: { item: WebhookItem }) {
  const { workspaceId = "" } = useParams();
  const { tone, words } = stateOf(item);
  const Icon = item.kind === "slack" ? Hash : Webhook;
  return (
    <tr>
      <Cell isWideOnly>
        <StateMark tone={tone}>{words}</StateMark>
      </Cell>
      <Cell className="max-w-48 py-2 md:max-w-md">
        <Link
          to={paths.webhook(workspaceId, item.endpointId)}
          className="flex items-center gap-2 text-ink text-sm hover:underline"
        >
          <Icon aria-hidden="true" className="size-4 shrink-0 text-ink-3" />
          <span className="min-w-0 truncate">{item.description || nameOf(item)}</span>
        </Link>
        <span className="block truncate pl-6 font-mono text-ink-3 text-xs">{item.url}</span>
        <NarrowLine>
          <StateMark tone={tone}>{words}</StateMark>
        </NarrowLine>
      </Cell>
      <Cell isWideOnly>{countOf(item.events.length, "event")}</Cell>
      <Cell isNumber>{item.lastDeliveredAt ? <Moment at={item.lastDeliveredAt} /> : "never"}</Cell>
    </tr>
  );
}
