// The button, and the same look for links.
import type { ButtonHTMLAttributes } from "react";
import { classNames } from "./class-names";
import { Spinner } from "./spinner";

export type ButtonLook = {
  tone?: "primary" | "secondary" | "quiet" | "danger" | undefined;
  size?: "small" | "medium" | "large" | undefined;
};

type Props = ButtonHTMLAttributes<HTMLButtonElement> & ButtonLook & { isBusy?: boolean | undefined };

/** `isBusy` keeps the width and the focus, shows that the press was heard, and refuses a second one. */
export function Button({ tone, size, isBusy = false, className, children, type = "submit", onClick, ...rest }: Props) {
  return (
    <button
      {...rest}
      type={type}
      aria-busy={isBusy || undefined}
      aria-disabled={isBusy || undefined}
      onClick={isBusy ? (event) => event.preventDefault() : onClick}
      className={classNames(buttonClass({ tone, size }), className)}
    >
      {isBusy ? <Spinner /> : null}
      {children}
    </button>
  );
}

const tones = {
  primary: "border-transparent bg-ink text-on-ink hover:bg-ink/85",
  secondary: "border-line-strong bg-surface text-ink shadow-raised hover:bg-hover",
  quiet: "border-transparent text-ink-2 hover:bg-hover hover:text-ink",
  danger: "border-transparent bg-failed-solid text-white hover:bg-failed-solid/85",
};

const sizes = {
  small: "h-8 gap-1.5 px-2.5 text-[0.8125rem]",
  medium: "h-9 gap-2 px-3.5 text-sm",
  large: "h-11 gap-2 px-5 text-base",
};

export function buttonClass({ tone = "secondary", size = "medium" }: ButtonLook = {}): string {
  return classNames(
    "inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-md border font-medium transition-colors duration-100",
    "disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-progress aria-disabled:opacity-70 [&_svg]:size-4 [&_svg]:shrink-0",
    tones[tone],
    sizes[size],
  );
}
