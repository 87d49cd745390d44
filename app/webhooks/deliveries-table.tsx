// What was sent to one endpoint, and what became of it.
import { Send } from "lucide-react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { EmptyState } from "~/app/ui/empty-state";
import { Moment } from "~/app/ui/moment";
import { ShortId } from "~/app/ui/short-id";
import { StateMark, type StateTone } from "~/app/ui/state-mark";
import { Tag } from "~/app/ui/tag";
import type { DeliveryItem, WebhookItem } from "~/server/webhooks/webhooks.contract";
import { outcomeWords } from "./webhook-words";

const states: Record<DeliveryItem["status"], { tone: StateTone; words: string }> = {
  queued: { tone: "waiting", words: "Under way" },
  delivered: { tone: "live", words: "Delivered" },
  failed: { tone: "failed", words: "Given up" },
};

type Kind = WebhookItem["kind"];
type Props = { items: DeliveryItem[]; kind: Kind; mayReplay: boolean };

export function DeliveriesTable({ items, kind, mayReplay }: Props) {
  if (items.length === 0) {
    return (
      <EmptyState icon={Send} title="Nothing was sent yet">
        {kind === "slack" ? "Send a test message to see it arrive." : "Send a test event to see whether the receiver takes it."}
      </EmptyState>
    );
  }
  return (
    <ul className="divide-y divide-line">
      {items.map((item) => (
        <Delivery key={item.deliveryId} item={item} kind={kind} mayReplay={mayReplay} />
      ))}
    </ul>
  );
}

function Delivery({ item, kind, mayReplay }: { item: DeliveryItem; kind: Kind; mayReplay: boolean }) {
  const { tone, words } = states[item.status];
  return (
    <li className="px-4 py-3 sm:px-5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <StateMark tone={tone} className="w-24">
          {words}
        </StateMark>
        <code className="font-mono text-[0.8125rem] text-ink">{item.eventType}</code>
        {item.isReplay ? <Tag>replay</Tag> : null}
        <span className="min-w-0 flex-1 basis-48 text-[0.8125rem] text-ink-2">{outcomeWords(item)}</span>
        <span className="text-ink-3 text-xs">
          <Moment at={item.createdAt} />
        </span>
        {mayReplay && item.status !== "queued" ? <Replay item={item} /> : null}
      </div>
      <details className="mt-1 sm:ml-28">
        <summary className="w-fit cursor-pointer text-ink-3 text-xs hover:text-ink">
          {item.attempts === 1 ? "1 try" : `${item.attempts} tries`}
          {item.nextAttemptAt && item.attempts > 0 ? ", one more follows" : ""} ·{" "}
          {kind === "slack" ? "the event" : "what was sent"}
        </summary>
        <pre className="mt-2 overflow-x-auto whitespace-pre-wrap break-all rounded-md border border-line bg-sunken p-3 font-mono text-ink text-xs leading-5">
          {item.payload}
        </pre>
        <p className="mt-1 text-ink-3 text-xs">
          {kind === "slack" ? "event" : "webhook-id"} <ShortId id={item.eventId} />
        </p>
      </details>
    </li>
  );
}

function Replay({ item }: { item: DeliveryItem }) {
  const intent = `replay ${item.deliveryId}`;
  return (
    <CsrfForm>
      <input type="hidden" name="deliveryId" value={item.deliveryId} />
      <Button
        tone="quiet"
        size="small"
        name="intent"
        value={intent}
        isBusy={useIsSubmitting(intent)}
        aria-label={`Send ${item.eventType} once more`}
      >
        Send again
      </Button>
    </CsrfForm>
  );
}
