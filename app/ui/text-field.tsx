// One line of text with its label.
import type { InputHTMLAttributes } from "react";
import { classNames } from "./class-names";
import { controlClass, describedBy, FieldFrame, type FieldWords } from "./field-frame";

type Props = FieldWords & Omit<InputHTMLAttributes<HTMLInputElement>, "name" | "id"> & { isMono?: boolean };

export function TextField({ label, name, id = `field-${name}`, help, error, isMono = false, className, ...rest }: Props) {
  return (
    <FieldFrame label={label} name={name} id={id} help={help} error={error}>
      <input
        {...rest}
        name={name}
        {...describedBy({ id, help, error })}
        className={classNames(controlClass, "h-10 sm:h-9", isMono && "font-mono", className)}
      />
    </FieldFrame>
  );
}
