// How many tokens a call used; marked where nobody has said so yet and its budget is charged what it held.
import { Link } from "@remix-run/react";
import { paths } from "~/app/paths";
import { classNames } from "~/app/ui/class-names";
import { countWords } from "~/app/ui/measures";
import type { InvocationItem } from "~/server/invocations/invocations.contract";

export const assumedMeaning =
  "It was cut off before anybody could say what it used. Its budget is charged the most a call may use until its runtime reports, usually within half a minute.";

export function TokenCount({ item }: { item: InvocationItem }) {
  if (item.tokensAreAssumed) return <>{countWords(item.tokensCharged ?? 0)}</>;
  return <>{item.llmTokens === null ? "–" : countWords(item.llmTokens)}</>;
}

/** Nothing for a call whose tokens are known. Leads to the call, where the reason stands in full. */
export function AssumedMark({ item, workspaceId, className }: { item: InvocationItem; workspaceId: string; className?: string }) {
  if (!item.tokensAreAssumed) return null;
  return (
    <Link
      to={paths.trace({ workspaceId, agentId: item.agentId }, item.traceId)}
      title={assumedMeaning}
      className={classNames(
        "rounded text-working text-xs underline decoration-dotted underline-offset-4 hover:decoration-solid",
        className,
      )}
    >
      assumed<span className="sr-only">: {assumedMeaning}</span>
    </Link>
  );
}
