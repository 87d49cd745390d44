// Masks what stands behind the name of a configured key, whatever it is: a value too short to look for, or one that was replaced.
import { redacted } from "./redact-tokens";

/** Names are capital letters, digits and underscores. Takes time linear in the length of the text. */
export function createNameRedactor(names: readonly string[]): (text: string) => string {
  if (names.length === 0) return (text) => text;
  const longestFirst = [...names].sort((a, b) => b.length - a.length).join("|");
  const pattern = new RegExp(
    String.raw`\b((?:${longestFirst})(?:\\{0,3}["'])?\s{0,4}[:=]\s{0,4}(?:\\{0,3}["'])?)(?!\[secret\]|(?:undefined|null)\b)[^\s"',;&}\\]+`,
    "g",
  );
  return (text) => text.replace(pattern, `$1${redacted}`);
}
