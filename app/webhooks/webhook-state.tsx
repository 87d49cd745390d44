// Why a webhook is off or failing, and what to do; nothing while it works.
import { Moment } from "~/app/ui/moment";
import { Notice } from "~/app/ui/notice";
import { failingDaysMax } from "~/server/webhooks/webhook-words.contract";
import type { WebhookItem } from "~/server/webhooks/webhooks.contract";

export function WebhookState({ item }: { item: WebhookItem }) {
  if (item.offReason === "by_hand") return <Notice title="This webhook is off.">Nothing is sent until it is switched on.</Notice>;
  if (item.offReason === "host_withdrawn")
    return (
      <Notice tone="warning" title={`${item.host} was withdrawn.`}>
        {item.isHostApproved
          ? "It is approved again: switch the webhook on."
          : "An owner or admin approves the host again first."}
      </Notice>
    );
  if (item.offReason)
    return (
      <Notice tone="problem" title="This webhook was switched off: nothing arrived.">
        Mend the receiver, switch it on, and send what was missed once more from the log.
      </Notice>
    );
  if (!item.failingSince) return null;
  return (
    <Notice tone="warning" title="The receiver is not accepting events.">
      Deliveries have failed since <Moment at={item.failingSince} />. After {failingDaysMax} days the webhook is switched off.
    </Notice>
  );
}
