// Where runtimes and the database differ: what nobody owns, what was lost, and what the sweep made of it.
import { ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import { RemoveStranger, type Tried } from "~/app/admin/remove-stranger";
import { EmptyState } from "~/app/ui/empty-state";
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { ShortId } from "~/app/ui/short-id";
import { StateMark, type StateTone } from "~/app/ui/state-mark";
import { runtimeFacts } from "~/server/runtimes/runtime-facts.contract";
import type { StrayItem } from "~/server/runtimes/runtimes.contract";

const kinds: Record<StrayItem["kind"], { word: string; meaning: string }> = {
  orphan: { word: "Orphan", meaning: "Placed, and no deployment owns it. Destroyed once seen for ten minutes." },
  stranger: {
    word: "Stranger",
    meaning: "Tagged with a workspace or agent that is not ours. The sweep never touches it.",
  },
  lost: { word: "Lost", meaning: "A version that its runtime does not know. Placed again as it was built." },
};

const outcomes: Record<NonNullable<StrayItem["outcome"]>, { tone: StateTone; word: string }> = {
  destroyed: { tone: "live", word: "Destroyed" },
  placed_again: { tone: "live", word: "Placed again" },
  gone: { tone: "idle", word: "Gone by itself" },
};

const isOpenStranger = ({ kind, settledAt }: StrayItem) => kind === "stranger" && settledAt === null;

export function StraysPanel({ strays, tried }: { strays: StrayItem[]; tried: Tried | null }) {
  const strangers = strays.filter(isOpenStranger).length;
  return (
    <Panel
      title="Placements astray"
      description="Every five minutes the worker holds what each runtime has placed against the database."
      isFlush
    >
      {strays.length === 0 ? (
        <EmptyState icon={ShieldCheck} title="Nothing is astray">
          Every placement belongs to a deployment, and every version is where it should be.
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line">
          {strays.map((stray) => (
            <StrayEntry key={`${stray.runtime} ${stray.kind} ${stray.deploymentId}`} stray={stray}>
              {isOpenStranger(stray) ? <RemoveStranger stray={stray} strangers={strangers} tried={tried} /> : null}
            </StrayEntry>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** A card on a phone; where there is room, what it is, whose, and how it stands beside each other. */
function StrayEntry({ stray, children }: { stray: StrayItem; children: ReactNode }) {
  const { word, meaning } = kinds[stray.kind];
  return (
    <li className="grid grid-cols-1 gap-x-8 gap-y-3 px-4 py-4 text-sm sm:px-5 md:grid-cols-[minmax(0,1fr)_auto_minmax(0,15rem)]">
      <div className="min-w-0">
        <h3 className="font-medium text-ink leading-6">
          {word} <span className="font-normal text-ink-3">on {runtimeFacts[stray.runtime].name}</span>
        </h3>
        <p className="max-w-md text-[0.8125rem] text-ink-2 leading-5">{meaning}</p>
      </div>
      <dl className="grid grid-cols-[5.5rem_minmax(0,1fr)] items-center gap-x-3 gap-y-0.5 self-start text-[0.8125rem]">
        <dt className="text-ink-3">Deployment</dt>
        <dd>
          <ShortId id={stray.deploymentId} />
        </dd>
        <dt className="text-ink-3">Workspace</dt>
        <dd>
          <ShortId id={stray.workspaceId} />
        </dd>
        <dt className="text-ink-3">First seen</dt>
        <dd className="flex h-6 items-center text-ink-2">
          <Moment at={stray.firstSeenAt} />
        </dd>
      </dl>
      <div className="min-w-0 md:text-right">
        <StrayState stray={stray} />
      </div>
      {children ? <div className="md:col-span-3">{children}</div> : null}
    </li>
  );
}

function StrayState({ stray: { kind, outcome, failure } }: { stray: StrayItem }) {
  if (outcome) return <StateMark tone={outcomes[outcome].tone}>{outcomes[outcome].word}</StateMark>;
  if (kind === "stranger") return <StateMark tone="waiting">For you to judge</StateMark>;
  if (!failure) return <StateMark tone="waiting">Waiting</StateMark>;
  return (
    <>
      <StateMark tone="failed">Tried in vain</StateMark>
      <p className="mt-0.5 break-words text-[0.8125rem] text-ink-2 leading-5">{failure}</p>
    </>
  );
}
