// How a runtime that is not set up comes to be offered: the variables, and the page that goes through them.

import { CodeBlock } from "~/app/ui/code-block";
import type { Runtime } from "~/db/tables/deployments";
import { runtimeFacts } from "~/server/runtimes/runtime-facts.contract";

export function SetUpSteps({ runtime, isOperator }: { runtime: Runtime; isOperator: boolean }) {
  const { variables, guide, name } = runtimeFacts[runtime];
  const lines = ["ENVIRONMENT_NAME=production", ...variables.map((variable) => `${variable}=`)].join("\n");
  return (
    <details className="group mt-4 border-line border-t pt-3">
      <summary className="cursor-pointer select-none font-medium text-[0.8125rem] text-ink-2 hover:text-ink">
        {isOperator ? "How to set it up" : "How an operator sets it up"}
      </summary>
      <div className="mt-3 grid gap-3 text-[0.8125rem] text-ink-2 leading-5">
        <p>
          Set these in the environment of web and worker, then start both again. Nothing else has to change: {name} is offered as
          soon as they are there.
        </p>
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
