// The stages of a deployment from top to bottom: what is done, what runs, how long each took, and what it wrote.
import { Ban, Check, LoaderCircle, X } from "lucide-react";
import { classNames } from "~/app/ui/class-names";
import { spanWords } from "~/app/ui/measures";
import { useNow } from "~/app/ui/moment";
import { ScrollArea } from "~/app/ui/scroll-area";
import type { DeploymentDetail, DeploymentLogLine } from "~/server/deployments/deployments.contract";
import { stageMeaning, stageWords } from "./deployment-words";
import { GoldenResults } from "./golden-results";
import { type StageState, stageStates } from "./stage-states";

export function StageTimeline({ deployment }: { deployment: DeploymentDetail }) {
  const states = stageStates(deployment);
  const isMoving = states.some((state) => state.look === "running");
  const now = useNow(isMoving ? 100 : null);
  const newest = states.filter((state) => state.look !== "ahead" && state.look !== "missed").at(-1);
  return (
    <>
      <ol className="grid">
        {states.map((state, at) => (
          <Stage
            key={state.stage}
            state={state}
            meaning={stageMeaning(state.stage, deployment.status)}
            now={now}
            isLast={at === states.length - 1}
          />
        ))}
      </ol>
      <p role="status" className="sr-only">
        {newest ? `${stageWords[newest.stage].word}: ${newest.look}` : ""}
      </p>
    </>
  );
}

const marks: Record<StageState["look"], { icon: typeof Check | null; look: string; moves?: boolean }> = {
  done: { icon: Check, look: "border-live bg-live-soft text-live" },
  running: { icon: LoaderCircle, look: "border-working bg-working-soft text-working", moves: true },
  failed: { icon: X, look: "border-failed bg-failed-soft text-failed" },
  cancelled: { icon: Ban, look: "border-line-strong bg-sunken text-ink-3" },
  skipped: { icon: Check, look: "border-line-strong bg-sunken text-ink-3" },
  ahead: { icon: null, look: "border-line-strong bg-surface" },
  missed: { icon: null, look: "border-line border-dashed bg-surface" },
};

type StageProps = { state: StageState; meaning: string; now: number; isLast: boolean };

function Stage({ state, meaning, now, isLast }: StageProps) {
  const { icon: Icon, look, moves } = marks[state.look];
  const { word } = stageWords[state.stage];
  const isQuiet = state.look === "ahead" || state.look === "missed";
  return (
    <li className="grid grid-cols-[1.5rem_minmax(0,1fr)] gap-x-3" data-stage={state.stage} data-look={state.look}>
      <div className="flex flex-col items-center">
        <span className={classNames("grid size-6 shrink-0 place-items-center rounded-full border", look)}>
          {Icon ? (
            <Icon aria-hidden="true" className={classNames("size-3.5", moves && "animate-spin")} strokeWidth={2.5} />
          ) : null}
        </span>
        {isLast ? null : (
          <span aria-hidden="true" className={classNames("w-px flex-1", state.look === "done" ? "bg-live/40" : "bg-line")} />
        )}
      </div>
      <div className={classNames("min-w-0", isLast ? "pb-0" : "pb-5")}>
        <div className="flex h-6 items-center justify-between gap-4 text-sm">
          <h3 className={isQuiet ? "text-ink-3" : "font-medium text-ink"}>
            {word}
            <span className="sr-only">, {state.look}</span>
          </h3>
          <Took state={state} now={now} />
        </div>
        <p className="text-[0.8125rem] text-ink-3 leading-5">{meaning}</p>
        <StageLines lines={state.lines} />
        {state.goldens && state.goldens.length > 0 ? <GoldenResults goldens={state.goldens} /> : null}
      </div>
    </li>
  );
}

function Took({ state, now }: { state: StageState; now: number }) {
  if (!state.startedAt) return state.look === "missed" ? <span className="text-ink-3 text-xs">not reached</span> : null;
  const ms = Math.max(0, (state.finishedAt?.getTime() ?? now) - state.startedAt.getTime());
  return (
    <span suppressHydrationWarning className="tabular font-mono text-ink-2 text-xs">
      {spanWords(ms)}
    </span>
  );
}

const lineLooks: Record<DeploymentLogLine["level"], string> = { info: "text-ink-2", warn: "text-working", error: "text-failed" };

function StageLines({ lines }: { lines: DeploymentLogLine[] }) {
  if (lines.length === 0) return null;
  return (
    <ScrollArea label="Lines of this stage" className="mt-2 max-h-64 rounded-md border border-line bg-sunken px-3 py-2">
      <pre className="whitespace-pre-wrap break-words font-mono text-xs leading-5">
        {lines.map((line) => (
          <span key={line.seq} className={classNames("block", lineLooks[line.level])}>
            {line.level === "info" ? "" : `${line.level}: `}
            {line.line}
          </span>
        ))}
      </pre>
    </ScrollArea>
  );
}
