// The call as it goes over the wire, and as other programs would make it.
import { Link } from "@remix-run/react";
import { useState } from "react";
import { paths } from "~/app/paths";
import { classNames } from "~/app/ui/class-names";
import { CodeBlock } from "~/app/ui/code-block";
import { ScrollArea } from "~/app/ui/scroll-area";
import type { InvokeEvent } from "~/runtime/contract/invoke";
import { asCurl, asHttp, asPython, asTypeScript, type Call, keyVariable } from "./snippets";

const forms = {
  Wire: asHttp,
  curl: asCurl,
  TypeScript: asTypeScript,
  Python: asPython,
};
type Form = keyof typeof forms;

type Props = { call: Call; events: InvokeEvent[]; workspaceId: string; isWhole: boolean; onWhole: (isWhole: boolean) => void };

export function WirePane({ call, events, workspaceId, isWhole, onWhole }: Props) {
  const [form, setForm] = useState<Form>("Wire");
  return (
    <div className="grid grid-cols-1 gap-4">
      <fieldset className="flex rounded-md border border-line bg-sunken p-0.5">
        <legend className="sr-only">Show the call as</legend>
        {(Object.keys(forms) as Form[]).map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={form === name}
            onClick={() => setForm(name)}
            className={classNames(
              "h-7 flex-1 rounded text-xs transition-colors",
              form === name ? "bg-surface font-medium text-ink shadow-raised ring-1 ring-line" : "text-ink-2 hover:text-ink",
            )}
          >
            {name}
          </button>
        ))}
      </fieldset>
      <CodeBlock text={forms[form](call)} label={`the call as ${form}`} wraps={form === "Wire"} />
      {form === "Wire" ? (
        <Events events={events} />
      ) : (
        <p className="text-[0.8125rem] text-ink-3 leading-5">
          Expects a key in <code className="font-mono">{keyVariable}</code>.{" "}
          <Link to={paths.keys(workspaceId)} className="text-accent underline-offset-4 hover:underline">
            Make a key
          </Link>
          . A call by key begins a session of its own.
        </p>
      )}
      <label className="flex cursor-pointer items-start gap-2.5 border-line border-t pt-4 text-[0.8125rem]">
        <input
          type="checkbox"
          checked={isWhole}
          onChange={(event) => onWhole(event.target.checked)}
          className="mt-0.5 size-4 accent-accent"
        />
        <span>
          Send earlier messages along
          <span className="block text-ink-3 leading-5">Off for agents that keep the conversation in their own session.</span>
        </span>
      </label>
    </div>
  );
}

function Events({ events }: { events: InvokeEvent[] }) {
  if (events.length === 0)
    return <p className="text-[0.8125rem] text-ink-3">The events of the answer appear here as they arrive.</p>;
  return (
    <div className="grid grid-cols-1 gap-1.5">
      <h3 className="text-ink-3 text-xs">Answer, {events.length} events</h3>
      <ScrollArea label="Events of the answer" className="max-h-72 rounded-md border border-line bg-sunken px-3 py-2">
        <ol className="font-mono text-xs leading-5">
          {events.map((event, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: events only ever come after the others.
            <li key={at} className="flex gap-3">
              <span className={classNames("w-12 shrink-0", event.event === "error" ? "text-failed" : "text-accent")}>
                {event.event}
              </span>
              <span className="min-w-0 break-all text-ink-2">{JSON.stringify(event.data)}</span>
            </li>
          ))}
        </ol>
      </ScrollArea>
    </div>
  );
}
