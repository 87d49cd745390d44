// A terminal as it was recorded.
import { ScrollArea } from "~/app/ui/scroll-area";
import { recording } from "./recording";

export function Terminal() {
  return (
    <figure className="min-w-0 overflow-hidden rounded-xl border border-line bg-surface shadow-float">
      <figcaption className="flex h-10 items-center gap-2 border-line border-b px-4 text-ink-3 text-xs">
        <span aria-hidden="true" className="size-2 rounded-full bg-live" />
        Recorded on a running installation
      </figcaption>
      <ScrollArea label="Terminal recording" className="p-4 font-mono text-[0.8125rem] leading-6 sm:p-5">
        {recording.map((step) => (
          <div key={step.command} className="not-first:mt-4">
            <pre className="text-ink">
              <span aria-hidden="true" className="select-none text-accent">
                ${" "}
              </span>
              {step.command}
            </pre>
            <pre className="text-ink-3">{step.output}</pre>
          </div>
        ))}
      </ScrollArea>
    </figure>
  );
}
