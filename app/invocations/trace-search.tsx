// Finds everything about one call by its trace id.
import { Form } from "@remix-run/react";
import { Search } from "lucide-react";
import { type AgentPlace, paths } from "~/app/paths";
import { controlClass } from "~/app/ui/field-frame";

export function TraceSearch({ at, trace = "" }: { at: AgentPlace; trace?: string }) {
  return (
    <Form action={paths.trace(at, "")} className="relative w-full sm:w-72">
      <Search aria-hidden="true" className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-ink-3" />
      <input
        type="search"
        name="id"
        defaultValue={trace}
        key={trace}
        maxLength={40}
        placeholder="Find a trace id"
        aria-label="Find a trace id"
        className={`${controlClass} h-8 pl-8 font-mono text-xs sm:text-xs`}
      />
    </Form>
  );
}
