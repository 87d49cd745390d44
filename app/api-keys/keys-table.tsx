// The keys by which programs act for this workspace: what each may do, what it did, and what somebody should look at.
import { KeyRound } from "lucide-react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { paths } from "~/app/paths";
import { Button } from "~/app/ui/button";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { LinkButton } from "~/app/ui/link-button";
import { countWords } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { StateMark } from "~/app/ui/state-mark";
import { Tag } from "~/app/ui/tag";
import type { ApiKeyItem } from "~/server/api-keys/api-keys.contract";
import { KeyHint } from "./key-hint";
import { hasEnded, stateWords } from "./key-words";

type Props = { keys: ApiKeyItem[]; workspaceId: string; mayManage: boolean };

export function KeysTable({ keys, workspaceId, mayManage }: Props) {
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
          <HeadCell isNumber isWideOnly>
            Calls this month
          </HeadCell>
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
      {keys.flatMap((item) => [
        <KeyRow key={item.keyId} item={item} workspaceId={workspaceId} mayManage={mayManage} />,
        ...item.hints.map((hint) => (
          <tr key={`${item.keyId} ${hint.flag}`} className="bg-sunken/40">
            <td colSpan={7} className="px-4 py-2 sm:px-5">
              <KeyHint hint={hint} item={item} workspaceId={workspaceId} mayManage={mayManage} />
            </td>
          </tr>
        )),
      ])}
    </DataTable>
  );
}

type RowProps = { item: ApiKeyItem; workspaceId: string; mayManage: boolean };

function KeyRow({ item, workspaceId, mayManage }: RowProps) {
  return (
    <tr className={hasEnded(item) ? "text-ink-3" : undefined}>
      <Cell className="max-w-28 py-2 sm:max-w-52">
        <span className="block truncate font-medium text-ink" title={item.name}>
          {item.name}
        </span>
        <code className="font-mono text-ink-3 text-xs">{item.prefix}…</code>
      </Cell>
      <Cell>
        <KeyState item={item} />
      </Cell>
      <Cell isWideOnly className="max-w-56 py-2">
        <Reach item={item} />
      </Cell>
      <Cell isNumber isWideOnly>
        <Calls item={item} />
      </Cell>
      <Cell isNumber isWideOnly>
        {item.lastUsedAt ? <Moment at={item.lastUsedAt} /> : "never"}
      </Cell>
      <Cell isNumber isWideOnly>
        <span className="grid justify-items-end">
          <Moment at={item.createdAt} />
          <span className="max-w-32 truncate text-ink-3 text-xs">
            {item.createdByName ? `by ${item.createdByName}` : "maker left"}
          </span>
        </span>
      </Cell>
      <Cell isNumber>{hasEnded(item) || !mayManage ? null : <Acts item={item} workspaceId={workspaceId} />}</Cell>
    </tr>
  );
}

function KeyState({ item }: { item: ApiKeyItem }) {
  const { tone, word } = stateWords[item.state];
  const endsAt = item.overlapEndsAt ?? item.expiresAt;
  return (
    <span className="grid py-1.5">
      <StateMark tone={tone}>{item.leakedAt ? "Leaked, revoked" : word}</StateMark>
      {endsAt && !hasEnded(item) ? (
        <span className="whitespace-nowrap text-ink-3 text-xs">
          ends <Moment at={endsAt} />
        </span>
      ) : null}
    </span>
  );
}

const agentsShown = 2;

function Reach({ item }: { item: ApiKeyItem }) {
  const names = item.agents?.map((agent) => agent.name);
  const more = (names?.length ?? 0) - agentsShown;
  return (
    <span className="grid justify-items-start gap-1">
      <Tag>{item.preset}</Tag>
      <span className="max-w-full truncate text-ink-3 text-xs" title={names?.join(", ")}>
        {names === undefined ? "every agent" : names.slice(0, agentsShown).join(", ") || "no agent left"}
        {more > 0 ? ` and ${more} more` : ""}
      </span>
    </span>
  );
}

function Calls({ item }: { item: ApiKeyItem }) {
  const { callsThisMonth, callsPerMonthMax, callsPerMinuteMax } = item;
  const isUsedUp = callsPerMonthMax !== null && callsThisMonth >= callsPerMonthMax;
  return (
    <span className="grid">
      <span className={isUsedUp ? "font-medium text-failed" : undefined}>
        {countWords(callsThisMonth)}
        {callsPerMonthMax === null ? "" : ` of ${countWords(callsPerMonthMax)}`}
      </span>
      {callsPerMinuteMax === null ? null : <span className="text-ink-3 text-xs">≤ {countWords(callsPerMinuteMax)} a minute</span>}
    </span>
  );
}

function Acts({ item, workspaceId }: Omit<RowProps, "mayManage">) {
  const intent = `revoke ${item.keyId}`;
  const isBusy = useIsSubmitting(intent);
  return (
    <span className="inline-grid gap-1 sm:inline-flex">
      {item.state === "superseded" ? null : (
        <LinkButton to={paths.keyReroll(workspaceId, item.keyId)} tone="quiet" size="small" aria-label={`Reroll ${item.name}`}>
          Reroll
        </LinkButton>
      )}
      <LinkButton
        to={paths.keySigning(workspaceId, item.keyId)}
        tone="quiet"
        size="small"
        aria-label={`Signing secrets of ${item.name}`}
      >
        Signing
      </LinkButton>
      <CsrfForm>
        <input type="hidden" name="keyId" value={item.keyId} />
        <Button tone="quiet" size="small" name="intent" value={intent} isBusy={isBusy} aria-label={`Revoke ${item.name}`}>
          Revoke
        </Button>
      </CsrfForm>
    </span>
  );
}
