// Events, states and troubles of webhooks in words.
import type { StateTone } from "~/app/ui/state-mark";
import type { DeliveryItem, WebhookItem } from "~/server/webhooks/webhooks.contract";

export const eventWords: Record<WebhookItem["events"][number], string> = {
  "agent.error_rate.raised": "Calls of an agent fail",
  "agent.error_rate.resolved": "Calls of an agent work again",
  "deployment.failed": "A version did not go live",
  "deployment.recovered": "A newer version works",
  "telemetry.dropped": "Reports of calls are missing",
  "budget.reached": "50, 80 or 100 % of a budget are used",
  "runtime.down": "A runtime of your agents is down",
  "runtime.up": "A runtime of your agents is back",
};

/** Where nobody described it. */
export function nameOf({ kind, host }: WebhookItem): string {
  return kind === "slack" ? "Slack channel" : host;
}

const offWords: Record<NonNullable<WebhookItem["offReason"]>, string> = {
  by_hand: "Off",
  failing: "Off: nothing arrived",
  gone: "Off: the address is gone",
  host_withdrawn: "Off: its host was withdrawn",
};

export function stateOf(item: WebhookItem): { tone: StateTone; words: string } {
  if (item.offReason) return { tone: item.offReason === "by_hand" ? "off" : "stopped", words: offWords[item.offReason] };
  return item.failingSince ? { tone: "failed", words: "Failing" } : { tone: "live", words: "On" };
}

const troubleWords: Record<NonNullable<DeliveryItem["trouble"]>, string> = {
  address_refused: "its name leads to an address that is not public",
  name_unknown: "its name is not known",
  timed_out: "no answer in time",
  too_large: "its answer was too large",
  connection_failed: "no connection, or no valid certificate",
  redirected: "it answered with a redirect, which is not followed",
  refused_by_receiver: "the receiver did not take it",
  host_not_approved: "its host is not approved",
  switched_off: "the webhook is off",
  unanswered: "every try ended before an answer",
};

/** Slack's word, and what to do about it. */
const mends: Record<NonNullable<DeliveryItem["answeredWord"]>, string> = {
  invalid_payload: "the message was not understood: tell who runs this installation",
  invalid_blocks: "the message was not understood: tell who runs this installation",
  no_text: "the message was not understood: tell who runs this installation",
  channel_not_found: "the channel is no more: make an incoming webhook for another",
  channel_is_archived: "the channel is archived: make an incoming webhook for another",
  action_prohibited: "an admin of your Slack forbids it: ask them to allow the app",
  posting_to_general_channel_denied: "an admin of your Slack keeps #general to few: choose another channel",
  no_service: "the incoming webhook was removed or switched off: make another",
  no_service_id: "the incoming webhook was removed or switched off: make another",
  no_active_hooks: "the incoming webhook was removed or switched off: make another",
  no_team: "your Slack is not known by this address: make another incoming webhook",
  team_disabled: "your Slack was closed",
  invalid_token: "the address is not right or not valid any more: make another incoming webhook",
  rate_limited: "too many messages at once",
  rollup_error: "a trouble of Slack's own",
};

/** What became of a delivery, beside its state. */
export function outcomeWords({ trouble, answeredStatus, answeredWord, tookMs }: DeliveryItem): string {
  const answered = [answeredStatus, answeredWord].filter(Boolean).join(" ");
  const took = tookMs === null || trouble === "switched_off" ? "" : `${tookMs} ms`;
  const why = answeredWord ? mends[answeredWord] : trouble ? troubleWords[trouble] : "";
  return [answered, why, took].filter(Boolean).join(" · ");
}
