// Several lines of text with their label.
import type { TextareaHTMLAttributes } from "react";
import { classNames } from "./class-names";
import { controlClass, describedBy, FieldFrame, type FieldWords } from "./field-frame";

type Props = FieldWords & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "name" | "id">;

export function TextAreaField({ label, name, id = `field-${name}`, help, error, className, rows = 3, ...rest }: Props) {
  return (
    <FieldFrame label={label} name={name} id={id} help={help} error={error}>
      <textarea
        {...rest}
        name={name}
        rows={rows}
        {...describedBy({ id, help, error })}
        className={classNames(controlClass, "resize-y py-2 leading-6", className)}
      />
    </FieldFrame>
  );
}
