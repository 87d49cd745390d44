// Finds one call by its trace id.
import { Form } from "@remix-run/react";
import { Search } from "lucide-react";
import { controlClass } from "~/app/ui/field-frame";

export function TraceSearch({ trace }: { trace: string }) {
  return (
    <Form className="relative w-full sm:w-72">
      <Search aria-hidden="true" className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-ink-3" />
      <input
        type="search"
        name="trace"
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
