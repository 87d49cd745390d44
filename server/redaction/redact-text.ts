// The house's one way to make a text fit to be written down: its own secrets' values go, and whatever looks like a credential.
import { compileMask } from "~/runtime/redaction/mask-text";
import { redactSentence, redactTokens } from "~/runtime/redaction/redact-tokens";

export const redacted = "[redacted]";

/** Set once, when a program starts; nothing is masked by value before. */
let ownValues = compileMask([]);

/** The platform's own credentials, as the configuration holds them: from now on no text says them, in any usual spelling (MISSION F7). */
export function hideValues(values: readonly string[]): void {
  ownValues = compileMask(values);
}

/** What a person is told: in our own sentences a word behind `password:` is no password. */
export function redactMessage(text: string): string {
  return redactSentence(ownValues.mask(text));
}

/** `text` with every known credential replaced. Takes time linear in its length. */
export function redactText(text: string): string {
  return redactTokens(ownValues.mask(text));
}
