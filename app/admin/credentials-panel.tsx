// Every credential that the environment holds, by fingerprint: since when, used when, and which may be removed.
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { StateMark, type StateTone } from "~/app/ui/state-mark";
import type { CredentialItem } from "~/server/rotation/rotation.contract";

const looks: Record<CredentialItem["state"], { tone: StateTone; word: string }> = {
  in_use: { tone: "live", word: "In use" },
  former: { tone: "waiting", word: "Former" },
  silent: { tone: "off", word: "May be removed" },
  removed: { tone: "stopped", word: "Removed" },
};

export function CredentialsPanel({ credentials }: { credentials: CredentialItem[] }) {
  return (
    <Panel
      title="Credentials of the environment"
      description="A former one that was not used for a week may be removed. Values are never read out."
      isFlush
    >
      <DataTable
        caption="Credentials of the environment"
        head={
          <>
            <HeadCell>Variable</HeadCell>
            <HeadCell>State</HeadCell>
            <HeadCell isNumber isWideOnly>
              First seen
            </HeadCell>
            <HeadCell isNumber isWideOnly>
              Last used
            </HeadCell>
          </>
        }
      >
        {credentials.map((item) => (
          <tr key={`${item.variable} ${item.fingerprint}`}>
            <Cell className="py-2">
              <code className="break-all font-mono text-[0.8125rem] text-ink">{item.variable}</code>
              <code className="block font-mono text-ink-3 text-xs">{item.fingerprint}</code>
              <span className="block text-ink-3 text-xs md:hidden">
                last used: <LastUsed item={item} />
              </span>
            </Cell>
            <Cell>
              <StateMark tone={looks[item.state].tone}>{looks[item.state].word}</StateMark>
            </Cell>
            <Cell isNumber isWideOnly>
              {item.addedAt ? <Moment at={item.addedAt} /> : "just now"}
            </Cell>
            <Cell isNumber isWideOnly>
              <LastUsed item={item} />
            </Cell>
          </tr>
        ))}
      </DataTable>
    </Panel>
  );
}

function LastUsed({ item: { lastUsedAt, isMeasured } }: { item: CredentialItem }) {
  if (lastUsedAt) return <Moment at={lastUsedAt} />;
  return isMeasured ? "never" : "not measured";
}
