// Whose call or session it is, in a word; and whether they can still come back for it.
import { KeyRound, UserRound } from "lucide-react";
import { ShortId } from "~/app/ui/short-id";
import type { CallerItem } from "~/server/invocations/invocations.contract";

const goneWords: Record<CallerItem["kind"], Partial<Record<CallerItem["state"], string>>> = {
  user: { left: "no longer a member" },
  api_key: { ended: "ended", revoked: "revoked", deleted: "deleted" },
};

export function CallerName({ caller, isOwn = false }: { caller: CallerItem; isOwn?: boolean }) {
  const Icon = caller.kind === "user" ? UserRound : KeyRound;
  const gone = goneWords[caller.kind][caller.state];
  return (
    <span className="inline-flex min-w-0 max-w-full items-start gap-1.5 align-middle">
      <Icon aria-label={caller.kind === "user" ? "a person" : "an API key"} className="mt-[0.2lh] size-3.5 shrink-0 text-ink-3" />
      <span className="flex min-w-0 flex-wrap items-baseline gap-x-1.5">
        {caller.name === null ? (
          <ShortId id={caller.id} />
        ) : (
          <span className="min-w-0 truncate text-ink" title={`${caller.name}\n${caller.id}`}>
            {caller.name}
          </span>
        )}
        {caller.prefix === null ? null : <code className="whitespace-nowrap font-mono text-ink-3 text-xs">{caller.prefix}…</code>}
        {gone ? <span className="whitespace-nowrap text-ink-3 text-xs">{gone}</span> : null}
        {isOwn ? <span className="text-ink-3 text-xs">you</span> : null}
      </span>
    </span>
  );
}
