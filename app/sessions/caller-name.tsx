// Whose call or session it is, in a word.
import { KeyRound, UserRound } from "lucide-react";
import { ShortId } from "~/app/ui/short-id";
import type { CallerItem } from "~/server/invocations/invocations.contract";

export function CallerName({ caller, isOwn = false }: { caller: CallerItem; isOwn?: boolean }) {
  const Icon = caller.kind === "user" ? UserRound : KeyRound;
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5">
      <Icon aria-label={caller.kind === "user" ? "a person" : "an API key"} className="size-3.5 shrink-0 text-ink-3" />
      {caller.name ? <span className="truncate text-ink">{caller.name}</span> : <ShortId id={caller.id} />}
      {isOwn ? <span className="text-ink-3 text-xs">you</span> : null}
    </span>
  );
}
