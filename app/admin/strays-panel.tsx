// Where runtimes and the database differ: what nobody owns, what was lost, and what the sweep made of it.
import { ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import { RemoveStranger, type Tried } from "~/app/admin/remove-stranger";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
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
        <DataTable
          caption="Placements astray"
          head={
            <>
              <HeadCell>What</HeadCell>
              <HeadCell isWideOnly>Deployment</HeadCell>
              <HeadCell>State</HeadCell>
              <HeadCell isNumber isWideOnly>
                First seen
              </HeadCell>
            </>
          }
        >
          {strays.map((stray) => (
            <StrayRow key={`${stray.runtime} ${stray.kind} ${stray.deploymentId}`} stray={stray}>
              {isOpenStranger(stray) ? <RemoveStranger stray={stray} strangers={strangers} tried={tried} /> : null}
            </StrayRow>
          ))}
        </DataTable>
      )}
    </Panel>
  );
}

function StrayRow({ stray, children }: { stray: StrayItem; children: ReactNode }) {
  return (
    <>
      <tr className={children ? "border-b-0" : undefined}>
        <Cell className="py-2">
          <span className="font-medium text-ink">
            {kinds[stray.kind].word} <span className="font-normal text-ink-3">on {runtimeFacts[stray.runtime].name}</span>
          </span>
          <span className="block max-w-md text-ink-3 text-xs leading-5">{kinds[stray.kind].meaning}</span>
        </Cell>
        <Cell isWideOnly className="py-2">
          <ShortId id={stray.deploymentId} />
          <span className="block text-xs">
            <ShortId id={stray.workspaceId} />
          </span>
        </Cell>
        <Cell className="py-2">
          <StrayState stray={stray} />
        </Cell>
        <Cell isNumber isWideOnly>
          <Moment at={stray.firstSeenAt} />
        </Cell>
      </tr>
      {children ? (
        <tr>
          <Cell colSpan={4} className="h-auto pb-3">
            {children}
          </Cell>
        </tr>
      ) : null}
    </>
  );
}

function StrayState({ stray: { kind, outcome, failure } }: { stray: StrayItem }) {
  if (outcome) return <StateMark tone={outcomes[outcome].tone}>{outcomes[outcome].word}</StateMark>;
  if (kind === "stranger") return <StateMark tone="waiting">For you to judge</StateMark>;
  if (!failure) return <StateMark tone="waiting">Waiting</StateMark>;
  return (
    <>
      <StateMark tone="failed">Tried in vain</StateMark>
      <span className="block max-w-sm text-ink-3 text-xs leading-5">{failure}</span>
    </>
  );
}
