// What every form field has: label above, help below, error at the field.
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";

export type FieldWords = {
  label: ReactNode;
  name: string;
  id?: string | undefined;
  help?: ReactNode;
  error?: string | undefined;
};

export function FieldFrame({ label, id, help, error, children }: FieldWords & { children: ReactNode }) {
  return (
    <div className="grid grid-cols-1 gap-1.5">
      <label htmlFor={id} className="text-sm font-medium text-ink">
        {label}
      </label>
      {children}
      {error ? (
        <p id={`${id}-error`} className="flex items-start gap-1.5 text-[0.8125rem] leading-5 text-failed">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          <span>{error}</span>
        </p>
      ) : null}
      {help ? (
        <p id={`${id}-help`} className="text-[0.8125rem] leading-5 text-ink-3">
          {help}
        </p>
      ) : null}
    </div>
  );
}

/** What ties a control to its words, for people who do not see them side by side. */
export function describedBy({ id, help, error }: Pick<FieldWords, "id" | "help" | "error">) {
  const ids = [error ? `${id}-error` : null, help ? `${id}-help` : null].filter(Boolean).join(" ");
  return { id, "aria-invalid": error ? true : undefined, "aria-describedby": ids || undefined };
}

export const controlClass =
  "w-full rounded-md border border-field-line bg-surface px-3 text-base text-ink transition-colors duration-100 hover:border-ink-3 " +
  "focus:border-accent focus:outline-2 focus:outline-offset-0 focus:outline-accent/35 aria-invalid:border-failed disabled:opacity-60 sm:text-sm";
