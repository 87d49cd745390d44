// How far each version has come that is started anew with today's secrets.
import { StateMark, type StateTone } from "~/app/ui/state-mark";
import type { SecretRefreshItem } from "~/server/secrets/secrets.contract";

const words: Record<SecretRefreshItem["status"], { tone: StateTone; word: string }> = {
  waiting: { tone: "waiting", word: "Waiting" },
  running: { tone: "working", word: "Starting anew" },
  done: { tone: "live", word: "Done" },
  failed: { tone: "failed", word: "Not applied" },
};

export function RefreshList({ refreshes, showsAgent = false }: { refreshes: SecretRefreshItem[]; showsAgent?: boolean }) {
  return (
    <ul aria-live="polite" className="mt-2 grid gap-1.5">
      {refreshes.map((refresh) => (
        <li key={refresh.deploymentId} className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
          <span className="tabular min-w-14 text-ink">
            {showsAgent ? `${refresh.agentName} ` : ""}v{refresh.version}
          </span>
          <StateMark tone={words[refresh.status].tone}>{words[refresh.status].word}</StateMark>
          {refresh.failureReason ? (
            <span className="basis-full text-ink-2">{refresh.failureReason} It goes on with the values it has.</span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
