// Text that PostgreSQL can keep: its text has no place for NUL, its JSON none for half a surrogate pair.

/** `text` with U+FFFD in place of what cannot be kept: for words that agents, bundles and their tools bring along. */
export function toStorableText(text: string): string {
  return text.replaceAll("\u0000", "\ufffd").replace(/\p{Cs}/gu, "\ufffd");
}

/** Whether every text in a value could be kept, names of fields included. Walks without recursion: the value comes from a stranger. */
export function isStorable(value: unknown): boolean {
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === "string" && (next.includes("\u0000") || /\p{Cs}/u.test(next))) return false;
    if (typeof next !== "object" || next === null) continue;
    for (const [name, field] of Object.entries(next)) waiting.push(name, field);
  }
  return true;
}
