// A code from an app or a letter: digits wide apart, filled in by the phone where it can.
import type { ReactNode } from "react";
import { TextField } from "~/app/ui/text-field";

type Props = { label: string; error: string | undefined; help?: ReactNode; autoFocus?: boolean };

export function CodeField({ label, error, help, autoFocus = false }: Props) {
  return (
    <TextField
      label={label}
      name="code"
      inputMode="text"
      autoComplete="one-time-code"
      autoCapitalize="characters"
      spellCheck={false}
      required
      isMono
      maxLength={60}
      autoFocus={autoFocus}
      className="tracking-[0.15em]"
      error={error}
      help={help}
    />
  );
}
