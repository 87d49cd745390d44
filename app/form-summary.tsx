// What went wrong with a form, summed up at its top and read out; each line leads to its field.
import { useEffect, useRef } from "react";
import type { FormProblem } from "~/app/rpc";
import { Notice } from "~/app/ui/notice";
import { ShortId } from "~/app/ui/short-id";

export function FormSummary({ problem }: { problem: FormProblem | null | undefined }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (problem) box.current?.focus();
  }, [problem]);
  if (!problem) return null;
  const fields = Object.entries(problem.fields).filter(([name]) => name);
  return (
    <div ref={box} tabIndex={-1} className="rounded-lg focus:outline-none">
      <Notice tone="problem" title={problem.message}>
        {fields.length > 1 ? (
          <ul className="list-disc pl-4">
            {fields.map(([name, message]) => (
              <li key={name}>
                <a href={`#field-${name}`} className="underline underline-offset-2">
                  {message}
                </a>
              </li>
            ))}
          </ul>
        ) : null}
        {problem.retryAfterSeconds ? <p>Try again in {problem.retryAfterSeconds} s.</p> : null}
        {fields.length === 0 ? (
          <p className="text-ink-2">
            Trace <ShortId id={problem.traceId} className="mx-0.5" />
          </p>
        ) : null}
      </Notice>
    </div>
  );
}
