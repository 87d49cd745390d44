// The keys by which programs act for this workspace.
import { KeyRound } from "lucide-react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { Moment, useNow } from "~/app/ui/moment";
import { StateMark } from "~/app/ui/state-mark";
import { Tag } from "~/app/ui/tag";
import type { ApiKeyItem } from "~/server/api-keys/api-keys.contract";

export function KeysTable({ keys }: { keys: ApiKeyItem[] }) {
  if (keys.length === 0) {
    return (
      <EmptyState icon={KeyRound} title="No keys yet">
        A key lets a program call your agents or deploy new versions. It is shown once, kept only as a hash, and can be revoked
        within a second.
      </EmptyState>
    );
  }
  return (
    <DataTable
      caption="API keys"
      head={
        <>
          <HeadCell>Name</HeadCell>
          <HeadCell>State</HeadCell>
          <HeadCell isWideOnly>May</HeadCell>
          <HeadCell isWideOnly>Begins with</HeadCell>
          <HeadCell isNumber isWideOnly>
            Last used
          </HeadCell>
          <HeadCell isNumber isWideOnly>
            Made
          </HeadCell>
          <HeadCell isNumber>
            <span className="sr-only">Act</span>
          </HeadCell>
        </>
      }
    >
      {keys.map((key) => (
        <KeyRow key={key.keyId} item={key} />
      ))}
    </DataTable>
  );
}

function KeyRow({ item }: { item: ApiKeyItem }) {
  const intent = `revoke ${item.keyId}`;
  const isBusy = useIsSubmitting(intent);
  return (
    <tr className={item.revokedAt ? "text-ink-3" : undefined}>
      <Cell className="max-w-48 truncate font-medium text-ink" title={item.name}>
        {item.name}
      </Cell>
      <Cell>
        <KeyState item={item} />
      </Cell>
      <Cell isWideOnly>
        <Tag>{item.preset}</Tag>
      </Cell>
      <Cell isWideOnly>
        <code className="font-mono text-xs">{item.prefix}…</code>
      </Cell>
      <Cell isNumber isWideOnly>
        {item.lastUsedAt ? <Moment at={item.lastUsedAt} /> : "never"}
      </Cell>
      <Cell isNumber isWideOnly>
        <Moment at={item.createdAt} />
      </Cell>
      <Cell isNumber>
        {item.revokedAt ? null : (
          <CsrfForm>
            <input type="hidden" name="keyId" value={item.keyId} />
            <Button tone="quiet" size="small" name="intent" value={intent} isBusy={isBusy} aria-label={`Revoke ${item.name}`}>
              Revoke
            </Button>
          </CsrfForm>
        )}
      </Cell>
    </tr>
  );
}

function KeyState({ item }: { item: ApiKeyItem }) {
  const now = useNow(60_000);
  if (item.revokedAt) return <StateMark tone="off">Revoked</StateMark>;
  if (item.expiresAt && item.expiresAt.getTime() <= now) return <StateMark tone="stopped">Expired</StateMark>;
  return (
    <span className="grid py-1.5">
      <StateMark tone="live">Works</StateMark>
      {item.expiresAt ? (
        <span className="whitespace-nowrap text-ink-3 text-xs">
          until <Moment at={item.expiresAt} />
        </span>
      ) : null}
    </span>
  );
}
