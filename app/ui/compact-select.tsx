// A choice that stands in a bar: as wide as its words, named by its label for those who do not see what is around it.
import { ChevronDown } from "lucide-react";
import type { SelectHTMLAttributes } from "react";
import { classNames } from "./class-names";

type Props = { label: string } & Omit<SelectHTMLAttributes<HTMLSelectElement>, "aria-label">;

export function CompactSelect({ label, className, children, ...rest }: Props) {
  return (
    <div className={classNames("relative min-w-0", className)}>
      <select
        {...rest}
        aria-label={label}
        className="h-8 w-full appearance-none truncate rounded-md border border-field-line bg-surface pr-7 pl-2.5 text-ink text-xs transition-colors duration-100 hover:border-ink-3 focus:border-accent focus:outline-2 focus:outline-accent/35 focus:outline-offset-0"
      >
        {children}
      </select>
      <ChevronDown
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-2 size-3.5 -translate-y-1/2 text-ink-3"
      />
    </div>
  );
}
