// A hidden line of text that its writer may look at.
import { Eye, EyeOff } from "lucide-react";
import { type InputHTMLAttributes, useState } from "react";
import { classNames } from "./class-names";
import { controlClass, describedBy, FieldFrame, type FieldWords } from "./field-frame";

type Props = FieldWords & Omit<InputHTMLAttributes<HTMLInputElement>, "name" | "id" | "type"> & { isMono?: boolean };

export function PasswordField({ label, name, id = `field-${name}`, help, error, isMono = false, ...rest }: Props) {
  const [isShown, setIsShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <FieldFrame label={label} name={name} id={id} help={help} error={error}>
      <div className="relative">
        <input
          {...rest}
          name={name}
          type={isShown ? "text" : "password"}
          {...describedBy({ id, help, error })}
          className={classNames(controlClass, "h-10 pr-11 sm:h-9", isMono && "font-mono")}
        />
        <button
          type="button"
          onClick={() => setIsShown(!isShown)}
          aria-label={isShown ? "Hide what is written" : "Show what is written"}
          aria-pressed={isShown}
          className="absolute top-1/2 right-1 grid size-8 -translate-y-1/2 place-items-center rounded text-ink-3 hover:text-ink sm:size-7"
        >
          <Icon aria-hidden="true" className="size-4" />
        </button>
      </div>
    </FieldFrame>
  );
}
