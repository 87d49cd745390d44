// The text of an event as Standard Webhooks lays it out: its type, its moment, and facts about it that are ids, names and numbers.
import type { WebhookEvent } from "~/db/tables/webhooks";

export type EventFacts = Readonly<Record<string, string | number>>;

export function eventPayload(of: {
  type: WebhookEvent | "webhook.test";
  at: Date;
  workspaceId: string;
  facts: EventFacts;
}): string {
  return JSON.stringify({
    type: of.type,
    timestamp: of.at.toISOString(),
    data: { workspaceId: of.workspaceId, ...of.facts },
  });
}

/** What {@link eventPayload} wrote, whichever release that was. */
export function readEventPayload(payload: string): { type: string; at: Date; facts: EventFacts } {
  const { type, timestamp, data } = JSON.parse(payload) as { type: string; timestamp: string; data: EventFacts };
  return { type, at: new Date(timestamp), facts: data };
}
