// The keys of a workspace or of a person, each with its own switch.
import { KeyRound } from "lucide-react";
import { paths } from "~/app/paths";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { LinkButton } from "~/app/ui/link-button";
import { Moment, useNow } from "~/app/ui/moment";
import { StateMark } from "~/app/ui/state-mark";
import { Tag } from "~/app/ui/tag";
import type { AdminKey } from "~/server/admin/admin.contract";

export function AdminKeys({ keys, showsWorkspace = false }: { keys: AdminKey[]; showsWorkspace?: boolean }) {
  if (keys.length === 0) {
    return <EmptyState icon={KeyRound} title="No keys" />;
  }
  return (
    <DataTable
      caption="API keys"
      head={
        <>
          <HeadCell>Key</HeadCell>
          <HeadCell>State</HeadCell>
          <HeadCell isNumber isWideOnly>
            Last used
          </HeadCell>
          <HeadCell>
            <span className="sr-only">Act</span>
          </HeadCell>
        </>
      }
    >
      {keys.map((key) => (
        <KeyRow key={key.keyId} item={key} showsWorkspace={showsWorkspace} />
      ))}
    </DataTable>
  );
}

function KeyRow({ item, showsWorkspace }: { item: AdminKey; showsWorkspace: boolean }) {
  return (
    <tr>
      <Cell className="max-w-0 py-2">
        <span className="flex items-center gap-2">
          <span className="truncate font-medium text-ink">{item.name}</span>
          <Tag>{item.preset}</Tag>
        </span>
        <span className="block truncate text-ink-3 text-xs">
          <code className="font-mono">{item.prefix}…</code>
          {showsWorkspace ? ` in ${item.workspaceName}` : null}
        </span>
      </Cell>
      <Cell className="w-28">
        <KeyState item={item} />
      </Cell>
      <Cell isNumber isWideOnly className="w-28">
        {item.lastUsedAt ? <Moment at={item.lastUsedAt} /> : "never"}
      </Cell>
      <Cell isNumber className="w-24">
        {item.revokedAt ? null : (
          <LinkButton tone="quiet" size="small" to={paths.adminAct("revoke_key", item.keyId)} aria-label={`Revoke ${item.name}`}>
            Revoke
          </LinkButton>
        )}
      </Cell>
    </tr>
  );
}

function KeyState({ item }: { item: AdminKey }) {
  const now = useNow(60_000);
  if (item.revokedAt) return <StateMark tone="off">Revoked</StateMark>;
  if (item.expiresAt && item.expiresAt.getTime() <= now) return <StateMark tone="stopped">Expired</StateMark>;
  return <StateMark tone="live">Works</StateMark>;
}
