// The endpoints of the workspace, each with how it is doing.
import { Link, useParams } from "@remix-run/react";
import { Webhook } from "lucide-react";
import { paths } from "~/app/paths";
import { Cell, DataTable, HeadCell, NarrowLine } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { countOf } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { StateMark } from "~/app/ui/state-mark";
import type { WebhookItem } from "~/server/webhooks/webhooks.contract";
import { stateOf } from "./webhook-words";

export function WebhooksList({ items }: { items: WebhookItem[] }) {
  const { workspaceId = "" } = useParams();
  if (items.length === 0) {
    return (
      <EmptyState icon={Webhook} title="No webhook yet">
        A webhook is told over HTTPS what happens here, signed as Standard Webhooks says, so that its receiver knows who sends.
      </EmptyState>
    );
  }
  return (
    <DataTable
      caption="Webhooks"
      head={
        <>
          <HeadCell isWideOnly>State</HeadCell>
          <HeadCell>Sent to</HeadCell>
          <HeadCell isWideOnly>Events</HeadCell>
          <HeadCell isNumber>Last delivered</HeadCell>
        </>
      }
    >
      {items.map((item) => {
        const { tone, words } = stateOf(item);
        return (
          <tr key={item.endpointId}>
            <Cell isWideOnly>
              <StateMark tone={tone}>{words}</StateMark>
            </Cell>
            <Cell className="max-w-48 py-2 md:max-w-md">
              <Link
                to={paths.webhook(workspaceId, item.endpointId)}
                className="block truncate font-mono text-[0.8125rem] text-ink hover:underline"
              >
                {item.url}
              </Link>
              {item.description ? <span className="block truncate text-ink-3 text-xs">{item.description}</span> : null}
              <NarrowLine>
                <StateMark tone={tone}>{words}</StateMark>
              </NarrowLine>
            </Cell>
            <Cell isWideOnly>{countOf(item.events.length, "event")}</Cell>
            <Cell isNumber>{item.lastDeliveredAt ? <Moment at={item.lastDeliveredAt} /> : "never"}</Cell>
          </tr>
        );
      })}
    </DataTable>
  );
}
