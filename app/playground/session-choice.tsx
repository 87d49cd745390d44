// Which session goes on: one of this person's own with the agent, or a new one; and an end to it.
import { useFetcher } from "@remix-run/react";
import { MessageSquarePlus, X } from "lucide-react";
import { useEffect } from "react";
import { CsrfField } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { CompactSelect } from "~/app/ui/compact-select";
import { agoWords } from "~/app/ui/measures";
import { useNow } from "~/app/ui/moment";
import { shortened } from "~/app/ui/short-id";
import type { AgentSessionItem } from "~/server/invocations/invocations.contract";

type Props = {
  /** This person's own, last used first. */
  sessions: readonly AgentSessionItem[];
  sessionId: string | null;
  hasTurns: boolean;
  onJoin: (sessionId: string | null) => void;
  onClosed: () => void;
};

export function SessionChoice({ sessions, sessionId, hasTurns, onJoin, onClosed }: Props) {
  const now = useNow(60_000);
  const open = sessions.filter((session) => !session.isStranded);
  const isListed = sessionId === null || open.some((session) => session.sessionId === sessionId);
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-1">
      <CompactSelect
        label="Session"
        title={sessionId ?? "A new session begins with the first message"}
        value={sessionId ?? ""}
        onChange={(event) => onJoin(event.target.value || null)}
        suppressHydrationWarning
        className="max-w-44 sm:max-w-60"
      >
        <option value="">New session</option>
        {isListed ? null : <option value={sessionId}>{shortened(sessionId)}, this one</option>}
        {open.map((session) => (
          <option key={session.sessionId} value={session.sessionId}>
            {shortened(session.sessionId)}, v{session.version}, {agoWords(session.lastUsedAt, now)}
          </option>
        ))}
      </CompactSelect>
      {sessionId ? <CloseSession sessionId={sessionId} onClosed={onClosed} /> : null}
      {hasTurns || sessionId ? (
        <Button type="button" tone="quiet" size="small" onClick={() => onJoin(null)}>
          <MessageSquarePlus aria-hidden="true" />
          New
        </Button>
      ) : null}
    </div>
  );
}

/** Its state at the agent goes with it, so it is said what that means. */
function CloseSession({ sessionId, onClosed }: { sessionId: string; onClosed: () => void }) {
  const fetcher = useFetcher<{ closed: string | null }>();
  const isClosed = fetcher.state === "idle" && fetcher.data?.closed === sessionId;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each session that was closed.
  useEffect(() => {
    if (isClosed) onClosed();
  }, [isClosed]);
  return (
    <fetcher.Form method="post" action="?index">
      <CsrfField />
      <input type="hidden" name="sessionId" value={sessionId} />
      <Button
        tone="quiet"
        size="small"
        name="intent"
        value="closeSession"
        isBusy={fetcher.state !== "idle"}
        title="Ends this session: nobody can go on with it"
      >
        <X aria-hidden="true" />
        Close
      </Button>
    </fetcher.Form>
  );
}
