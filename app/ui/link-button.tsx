// A link that looks like a button.
import { Link, type LinkProps } from "@remix-run/react";
import { type ButtonLook, buttonClass } from "./button";
import { classNames } from "./class-names";

export function LinkButton({ tone, size, className, ...rest }: LinkProps & ButtonLook) {
  return <Link {...rest} className={classNames(buttonClass({ tone, size }), className)} />;
}
