// The data key of a workspace: which generation it is, how far its values are sealed anew, and the button that replaces it.
import { useRevalidator } from "@remix-run/react";
import { useEffect } from "react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { countOf } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { StateMark } from "~/app/ui/state-mark";
import type { DataKeyFacts } from "~/server/rotation/rotation.contract";
import { FactList } from "./fact-list";

type Props = { dataKey: DataKeyFacts; problem: FormProblem | null };

export function DataKeyPanel({ dataKey, problem }: Props) {
  const { generation, isResealing } = dataKey;
  useFollowSealing(isResealing && dataKey.passedAt === null);
  const mayRotate = generation !== null && !isResealing;
  return (
    <Panel
      title="Data key"
      description="Seals this workspace's secrets. A new one is for when this one may be known to somebody: its values are sealed anew while everything goes on."
      actions={mayRotate ? <RotateForm /> : null}
    >
      <FormSummary problem={problem} />
      {generation === null ? (
        <p className="text-ink-2 text-sm">Nothing is sealed yet; the key is made with the first secret.</p>
      ) : (
        <FactList facts={factsOf(dataKey, generation)} />
      )}
    </Panel>
  );
}

const lookEveryMs = 3_000;

function useFollowSealing(isUnderWay: boolean): void {
  const { revalidate } = useRevalidator();
  useEffect(() => {
    if (!isUnderWay) return;
    const timer = setInterval(revalidate, lookEveryMs);
    return () => clearInterval(timer);
  }, [isUnderWay, revalidate]);
}

function RotateForm() {
  const isBusy = useIsSubmitting("rotateDataKey");
  return (
    <CsrfForm>
      <Button name="intent" value="rotateDataKey" size="small" isBusy={isBusy}>
        Replace the data key
      </Button>
    </CsrfForm>
  );
}

function factsOf(dataKey: DataKeyFacts, generation: number): [string, React.ReactNode][] {
  const { kekId, renewedAt, settlesAt, valuesStuck } = dataKey;
  const since = renewedAt ?? dataKey.createdAt;
  return [
    ["State", <KeyState key="state" dataKey={dataKey} />],
    ["Generation", String(generation)],
    ["Wrapped by", <code key="kek" className="font-mono text-[0.8125rem]">{`${kekId}`}</code>],
    ["Since", since ? <Moment key="since" at={since} /> : "–"],
    ...(settlesAt ? ([["Former key goes", <Moment key="settles" at={settlesAt} />]] as [string, React.ReactNode][]) : []),
    ...(renewedAt ? ([["Sealed anew", countOf(dataKey.valuesResealed, "value")]] as [string, React.ReactNode][]) : []),
    ...(valuesStuck > 0
      ? ([["Do not open", `${countOf(valuesStuck, "value")}, altered before: have them set again`]] as [
          string,
          React.ReactNode,
        ][])
      : []),
  ];
}

function KeyState({ dataKey: { isResealing, passedAt } }: { dataKey: DataKeyFacts }) {
  if (!isResealing) return <StateMark tone="live">In use</StateMark>;
  return <StateMark tone="working">{passedAt ? "All sealed anew" : "Sealing anew"}</StateMark>;
}
