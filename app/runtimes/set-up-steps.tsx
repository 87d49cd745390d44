// How a runtime that is not set up comes to be offered: the variables, and the page that goes through them.
import { ChevronRight } from "lucide-react";
import { CodeBlock } from "~/app/ui/code-block";
import type { Runtime } from "~/db/tables/deployments";
import { runtimeFacts } from "~/server/runtimes/runtime-facts.contract";

/** What this installation calls itself is told to its operators alone; null: somebody else looks. */
type Props = { runtime: Runtime; environment: string | null };

export function SetUpSteps({ runtime, environment }: Props) {
  const { variables, guide, name } = runtimeFacts[runtime];
  const isUnnamed = environment === null || environment === "local";
  const lines = [`ENVIRONMENT_NAME=${isUnnamed ? "" : environment}`, ...variables.map((variable) => `${variable}=`)].join("\n");
  return (
    <details className="group mt-4 border-line border-t pt-3">
      <summary className="flex select-none items-center gap-1.5 font-medium text-[0.8125rem] text-ink-2 hover:text-ink">
        <ChevronRight aria-hidden="true" className="size-4 shrink-0 transition-transform group-open:rotate-90" />
        {environment === null ? "How an operator sets it up" : "How to set it up"}
      </summary>
      <div className="mt-3 grid gap-3 text-[0.8125rem] text-ink-2 leading-5">
        <p>Set these in the environment of web and worker, then start both again: {name} is offered as soon as they are there.</p>
        {isUnnamed ? (
          <p>
            The name is the installation's own, such as production. One whose database was first started without a name is called
            local and is renamed by hand first: <code className="font-mono text-xs">docs/operations/runtimes.md</code>
          </p>
        ) : null}
        <CodeBlock text={lines} label={`variables of ${name}`} />
        {guide ? (
          <p>
            The account, its least rights and each variable, step by step: <code className="font-mono text-xs">{guide}</code>
          </p>
        ) : null}
      </div>
    </details>
  );
}
