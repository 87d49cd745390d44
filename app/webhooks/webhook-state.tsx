// Why a webhook is off or failing, and what to do; nothing while it works.
import { Moment } from "~/app/ui/moment";
import { Notice } from "~/app/ui/notice";
import { failingDaysMax } from "~/server/webhooks/webhook-words.contract";
import type { WebhookItem } from "~/server/webhooks/webhooks.contract";

export function WebhookState({ item }: { item: WebhookItem }) {
  const [isSlack, it] = item.kind === "slack" ? [true, "channel"] : [false, "webhook"];
  if (item.offReason === "by_hand") return <Notice title={`This ${it} is off.`}>Nothing is sent until it is switched on.</Notice>;
  if (item.offReason === "host_withdrawn")
    return (
      <Notice tone="warning" title={`${item.host} was withdrawn.`}>
        {item.isHostApproved ? `It is approved again: switch the ${it} on.` : "An owner or admin approves the host again first."}
      </Notice>
    );
  if (item.offReason)
    return (
      <Notice tone="problem" title={`This ${it} was switched off: nothing arrived.`}>
        {mendOf(item)}
      </Notice>
    );
  if (!item.failingSince) return null;
  return (
    <Notice tone="warning" title={isSlack ? "Slack does not take messages." : "The receiver is not accepting events."}>
      Deliveries have failed since <Moment at={item.failingSince} />. After {failingDaysMax} days the {it} is switched off.
    </Notice>
  );
}

function mendOf({ kind, offReason }: WebhookItem): string {
  if (kind === "signed") return "Mend the receiver, switch it on, and send what was missed once more from the log.";
  return offReason === "gone"
    ? "Slack says that the channel or its incoming webhook is no more. Make another in Slack, add it here, and remove this one."
    : "The log says what Slack answered. Mend that, switch it on, and send what was missed once more.";
}
