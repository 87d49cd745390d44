// A text of one or more lines that stays masked unless its writer looks at it; no browser keeps or offers it.
import { Eye, EyeOff } from "lucide-react";
import { forwardRef, type TextareaHTMLAttributes, useState } from "react";
import { classNames } from "./class-names";
import { controlClass, describedBy, FieldFrame, type FieldWords } from "./field-frame";

type Props = FieldWords & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "name" | "id" | "autoComplete">;

export const SecretAreaField = forwardRef<HTMLTextAreaElement, Props>(function SecretAreaField(
  { label, name, id = `field-${name}`, help, error, rows = 2, className, ...rest },
  ref,
) {
  const [isShown, setIsShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <FieldFrame label={label} name={name} id={id} help={help} error={error}>
      <div className="relative">
        <textarea
          {...rest}
          ref={ref}
          name={name}
          rows={rows}
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          data-1p-ignore
          data-lpignore="true"
          {...describedBy({ id, help, error })}
          className={classNames(
            controlClass,
            "resize-y py-2 pr-11 font-mono leading-6",
            !isShown && "[-webkit-text-security:disc]",
            className,
          )}
        />
        <button
          type="button"
          onClick={() => setIsShown(!isShown)}
          aria-label={isShown ? "Hide what is written" : "Show what is written"}
          aria-pressed={isShown}
          className="absolute top-1.5 right-1.5 grid size-8 place-items-center rounded bg-surface text-ink-3 hover:text-ink sm:size-7"
        >
          <Icon aria-hidden="true" className="size-4" />
        </button>
      </div>
    </FieldFrame>
  );
});
