// Which events an endpoint gets.
import { CircleAlert } from "lucide-react";
import type { WebhookItem } from "~/server/webhooks/webhooks.contract";
import { eventWords } from "./webhook-words";

type Event = WebhookItem["events"][number];
type Props = { chosen: readonly Event[]; error: string | undefined; isLocked?: boolean };

export function EventChoice({ chosen, error, isLocked = false }: Props) {
  return (
    <fieldset className="grid gap-1.5" disabled={isLocked} aria-describedby={error ? "events-error" : undefined}>
      <legend className="mb-1.5 font-medium text-ink text-sm">Events</legend>
      <div className="grid grid-cols-1 gap-x-6 gap-y-1 md:grid-cols-2">
        {Object.entries(eventWords).map(([event, words]) => (
          <label key={event} className="flex min-h-10 items-start gap-2.5 py-1 text-sm">
            <input
              type="checkbox"
              name="events"
              value={event}
              defaultChecked={chosen.includes(event as Event)}
              className="mt-1 size-4 shrink-0 accent-accent"
            />
            <span className="min-w-0">
              <span className="block text-ink leading-6">{words}</span>
              <code className="block truncate font-mono text-ink-3 text-xs">{event}</code>
            </span>
          </label>
        ))}
      </div>
      {error ? (
        <p id="events-error" className="flex items-start gap-1.5 text-[0.8125rem] text-failed leading-5">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
