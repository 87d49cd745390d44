// The key-encryption keys: which one wraps, which ones only unwrap, and which may be taken out of the environment.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { countOf, countWords } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { StateMark } from "~/app/ui/state-mark";
import type { WrappingKey } from "~/server/rotation/rotation.contract";

export function WrappingKeysPanel({ keys, waiting }: { keys: WrappingKey[]; waiting: number }) {
  return (
    <Panel
      title="Key-encryption keys"
      description={
        waiting === 0
          ? "Every data key is wrapped by the primary."
          : `${countOf(waiting, "data key")} not wrapped by the primary yet. The next sweep takes them up within a minute.`
      }
      actions={waiting === 0 ? null : <StartForm />}
      isFlush
    >
      <DataTable
        caption="Key-encryption keys"
        head={
          <>
            <HeadCell>Key</HeadCell>
            <HeadCell>State</HeadCell>
            <HeadCell isNumber isWideOnly>
              Data keys
            </HeadCell>
            <HeadCell isNumber isWideOnly>
              Added
            </HeadCell>
            <HeadCell isNumber isWideOnly>
              Last used
            </HeadCell>
          </>
        }
      >
        {keys.map((key) => (
          <KeyRow key={key.id} item={key} />
        ))}
      </DataTable>
    </Panel>
  );
}

function StartForm() {
  const isBusy = useIsSubmitting("start");
  return (
    <CsrfForm>
      <Button name="intent" value="start" size="small" isBusy={isBusy}>
        Wrap them now
      </Button>
    </CsrfForm>
  );
}

function KeyRow({ item }: { item: WrappingKey }) {
  return (
    <tr>
      <Cell className="py-2">
        <code className="font-mono text-[0.8125rem] text-ink">{item.id}</code>
        <span className="block break-all text-ink-3 text-xs">
          {item.kind === "aws-kms" ? `AWS KMS, ${item.place}` : item.place}
          <span className="md:hidden">, {countOf(item.dataKeys, "data key")}</span>
        </span>
      </Cell>
      <Cell className="py-2">
        <KeyState item={item} />
      </Cell>
      <Cell isNumber isWideOnly>
        {countWords(item.dataKeys)}
      </Cell>
      <Cell isNumber isWideOnly>
        {item.addedAt ? <Moment at={item.addedAt} /> : "–"}
      </Cell>
      <Cell isNumber isWideOnly>
        {item.lastUsedAt ? <Moment at={item.lastUsedAt} /> : "never"}
      </Cell>
    </tr>
  );
}

function KeyState({ item }: { item: WrappingKey }) {
  if (item.state === "primary") return <StateMark tone="live">Primary</StateMark>;
  if (item.state === "missing") return <StateMark tone="failed">Missing</StateMark>;
  if (!item.mayBeRemoved) return <StateMark tone="working">Being retired</StateMark>;
  return (
    <>
      <StateMark tone="off">Unused</StateMark>
      <span className="block text-ink-3 text-xs">
        Safe to take out of <code className="font-mono">KEY_ENCRYPTION_FORMER_KEYS</code>. Keep it with backups that are older.
      </span>
    </>
  );
}
