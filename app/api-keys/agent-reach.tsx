// Which agents a key reaches: every one, or only those that are ticked. The list unfolds without any script.
import { CircleAlert } from "lucide-react";

export type AgentChoice = { agentId: string; name: string };

type Props = { agents: AgentChoice[]; error: string | undefined };

export function AgentReach({ agents, error }: Props) {
  return (
    <fieldset className="group grid gap-2" aria-describedby={error ? "reach-error" : undefined}>
      <legend className="mb-1.5 font-medium text-ink text-sm">Agents</legend>
      <Choice value="every" defaultChecked={!error}>
        Every agent, also those to come
      </Choice>
      {agents.length === 0 ? null : (
        <>
          <Choice value="some" defaultChecked={Boolean(error)}>
            Only some: the others do not exist for this key
          </Choice>
          <div className="hidden max-h-56 grid-cols-1 gap-x-4 gap-y-1 overflow-y-auto rounded-md border border-line bg-sunken/50 p-3 group-has-[input[value=some]:checked]:grid sm:grid-cols-2 lg:grid-cols-3">
            {agents.map((agent) => (
              <label key={agent.agentId} className="flex min-h-8 min-w-0 items-center gap-2.5 text-ink-2 text-sm">
                <input type="checkbox" name="agentIds" value={agent.agentId} className="size-4 shrink-0 accent-accent" />
                <span className="truncate font-mono text-[0.8125rem]">{agent.name}</span>
              </label>
            ))}
          </div>
        </>
      )}
      {error ? (
        <p id="reach-error" className="flex items-start gap-1.5 text-[0.8125rem] text-failed leading-5">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}

function Choice({ value, defaultChecked, children }: { value: string; defaultChecked: boolean; children: string }) {
  return (
    <label className="flex min-h-8 items-center gap-2.5 text-ink-2 text-sm">
      <input type="radio" name="reach" value={value} defaultChecked={defaultChecked} className="size-4 shrink-0 accent-accent" />
      {children}
    </label>
  );
}
