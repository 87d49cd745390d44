// A choice of a few, with its label: the browser's own control, at home on every device.
import { ChevronDown } from "lucide-react";
import type { SelectHTMLAttributes } from "react";
import { classNames } from "./class-names";
import { controlClass, describedBy, FieldFrame, type FieldWords } from "./field-frame";

type Props = FieldWords & Omit<SelectHTMLAttributes<HTMLSelectElement>, "name" | "id">;

export function SelectField({ label, name, id = `field-${name}`, help, error, className, children, ...rest }: Props) {
  return (
    <FieldFrame label={label} name={name} id={id} help={help} error={error}>
      <div className="relative">
        <select
          {...rest}
          name={name}
          {...describedBy({ id, help, error })}
          className={classNames(controlClass, "h-10 appearance-none pr-9 sm:h-9", className)}
        >
          {children}
        </select>
        <ChevronDown
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-ink-3"
        />
      </div>
    </FieldFrame>
  );
}
