// Conversations kept in this tab only: what was said is the person's, the platform keeps counts.
import { type Conversation, change, openTurn } from "./conversation";

/** One for each version that is talked to, and one for each session that was left for another. */
export type KeptUnder = { version: string } | { session: string };

export function readConversation(under: KeptUnder): Conversation | null {
  try {
    const text = sessionStorage.getItem(keyOf(under));
    return text ? mended(JSON.parse(text) as Conversation) : null;
  } catch {
    return null;
  }
}

/** One that has not begun leaves what is kept as it is. */
export function keepConversation(under: KeptUnder, conversation: Conversation): void {
  if (conversation.turns.length === 0 && conversation.sessionId === null) return;
  const key = keyOf(under);
  try {
    sessionStorage.setItem(key, JSON.stringify(conversation));
  } catch {
    sessionStorage.removeItem(key);
  }
}

export function forgetConversation(under: KeptUnder): void {
  sessionStorage.removeItem(keyOf(under));
}

/** `:2`: the shape before could not be gone on with. */
function keyOf(under: KeptUnder): string {
  return "version" in under ? `conversation:2:${under.version}` : `conversation:2:${under.session}`;
}

/** An answer that was left in the middle, on a runtime that cannot resume, has ended there. */
function mended(kept: Conversation): Conversation {
  const open = openTurn(kept);
  if (!open || open.resume) return kept;
  const problem = {
    code: "CUT_OFF",
    message: "The page was left before the answer was whole, and it cannot be gone on with. Ask again for the rest.",
    traceId: open.traceId,
  };
  return change(kept, { kind: "failed", problem, atMs: open.askedAtMs + (open.firstWordMs ?? 0) });
}
