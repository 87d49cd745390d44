// The rotations of the key-encryption key, the newest first: how far each is, and what holds it up.
import { RefreshCw } from "lucide-react";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { countWords } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { StateMark } from "~/app/ui/state-mark";
import type { RotationItem } from "~/server/rotation/rotation.contract";

export function RotationPanel({ rotations }: { rotations: RotationItem[] }) {
  return (
    <Panel title="Rotations" description="Each begins by itself once the primary has changed, while everything goes on." isFlush>
      {rotations.length === 0 ? (
        <EmptyState icon={RefreshCw} title="No rotation yet">
          Put a new key into KEY_ENCRYPTION_KEY and the old one into KEY_ENCRYPTION_FORMER_KEYS, then start anew.
        </EmptyState>
      ) : (
        <DataTable
          caption="Rotations"
          head={
            <>
              <HeadCell>To</HeadCell>
              <HeadCell>State</HeadCell>
              <HeadCell isNumber>Wrapped anew</HeadCell>
              <HeadCell isNumber isWideOnly>
                Began
              </HeadCell>
              <HeadCell isNumber isWideOnly>
                Ended
              </HeadCell>
            </>
          }
        >
          {rotations.map((rotation) => (
            <RotationRow key={rotation.rotationId} item={rotation} />
          ))}
        </DataTable>
      )}
    </Panel>
  );
}

function RotationRow({ item }: { item: RotationItem }) {
  return (
    <tr>
      <Cell className="py-2">
        <code className="font-mono text-[0.8125rem] text-ink">{item.kekId}</code>
        <span className="block text-ink-3 text-xs">
          {item.startedBy ? `by ${item.startedBy}` : "by itself"}
          <span className="md:hidden">
            , began <Moment at={item.startedAt} />
          </span>
        </span>
      </Cell>
      <Cell className="py-2">
        <RotationState item={item} />
      </Cell>
      <Cell isNumber>
        {countWords(item.keysRewrapped)} of {countWords(Math.max(item.keysTotal, item.keysRewrapped))}
      </Cell>
      <Cell isNumber isWideOnly>
        <Moment at={item.startedAt} />
      </Cell>
      <Cell isNumber isWideOnly>
        {item.finishedAt ? <Moment at={item.finishedAt} /> : "–"}
      </Cell>
    </tr>
  );
}

function RotationState({ item }: { item: RotationItem }) {
  if (item.status === "finished") return <StateMark tone="live">Finished</StateMark>;
  if (item.status === "superseded") return <StateMark tone="stopped">Superseded</StateMark>;
  if (item.keysStuck === 0) return <StateMark tone="working">Running</StateMark>;
  return (
    <>
      <StateMark tone="failed">{`${item.keysStuck} stuck`}</StateMark>
      <span className="block max-w-md break-words text-ink-3 text-xs">{item.lastError}</span>
    </>
  );
}
