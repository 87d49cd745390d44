// The secrets of an agent: names, versions and dates; never a value.
import { Link } from "@remix-run/react";
import { KeyRound } from "lucide-react";
import { type AgentPlace, paths } from "~/app/paths";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { LinkButton } from "~/app/ui/link-button";
import { Moment } from "~/app/ui/moment";
import { StateMark } from "~/app/ui/state-mark";
import { Tag } from "~/app/ui/tag";
import { IfMay } from "~/app/workspaces/if-may";
import type { SecretItem } from "~/server/secrets/secrets.contract";
import { ExpiryTag } from "./expiry-tag";
import { UnsetSecret } from "./unset-secret";

type Props = { secrets: SecretItem[]; at: AgentPlace; liveVersion: number | null };

export function SecretsTable({ secrets, at, liveVersion }: Props) {
  if (secrets.length === 0) {
    return (
      <EmptyState icon={KeyRound} title="No secrets">
        A bundle names the keys it needs in <code className="font-mono">env.requiredKeys</code>. Set their values here; the agent
        reads them from <code className="font-mono">context.env</code>, and nobody reads them back.
      </EmptyState>
    );
  }
  return (
    <DataTable
      caption="Secrets"
      head={
        <>
          <HeadCell>Name</HeadCell>
          <HeadCell isWideOnly>State</HeadCell>
          <HeadCell isNumber isWideOnly>
            Changed
          </HeadCell>
          <HeadCell isNumber isWideOnly>
            Last used
          </HeadCell>
          <HeadCell isNumber>
            <span className="sr-only">Acts</span>
          </HeadCell>
        </>
      }
    >
      {secrets.map((secret) => (
        <SecretRow key={secret.name} secret={secret} at={at} liveVersion={liveVersion} />
      ))}
    </DataTable>
  );
}

type RowProps = { secret: SecretItem } & Omit<Props, "secrets">;

function SecretRow(row: RowProps) {
  const { secret } = row;
  return (
    <tr>
      <Cell className="min-w-36">
        <SecretName {...row} />
      </Cell>
      <Cell isWideOnly>
        <SecretState secret={secret} />
      </Cell>
      <Cell isNumber isWideOnly>
        {secret.updatedAt ? <Moment at={secret.updatedAt} /> : "–"}
        {secret.updatedBy ? <p className="ml-auto max-w-40 truncate text-ink-3 text-xs">by {secret.updatedBy}</p> : null}
      </Cell>
      <Cell isNumber isWideOnly>
        {secret.lastInjectedAt ? <Moment at={secret.lastInjectedAt} /> : "never"}
      </Cell>
      <Cell isNumber>
        <SecretActs {...row} />
      </Cell>
    </tr>
  );
}

function SecretName({ secret, at }: RowProps) {
  const name = <code className="break-all font-medium font-mono text-[0.8125rem]">{secret.name}</code>;
  return (
    <span className="grid justify-items-start gap-1 py-2 text-ink">
      {secret.version === 0 ? (
        name
      ) : (
        <Link
          to={`${paths.secrets(at, secret.name)}#secret`}
          className="rounded underline-offset-4 hover:underline"
          aria-label={`History of ${secret.name}`}
        >
          {name}
        </Link>
      )}
      <span className="flex flex-wrap gap-1">
        {secret.version > 0 ? <Tag isMono>v{secret.version}</Tag> : null}
        {secret.isRequired ? <Tag>required</Tag> : null}
        {secret.isOptional ? <Tag>optional</Tag> : null}
        {secret.expiresAt ? <ExpiryTag expiresAt={secret.expiresAt} /> : null}
      </span>
      <span className="md:hidden">
        <SecretState secret={secret} />
      </span>
    </span>
  );
}

function SecretActs({ secret, at, liveVersion }: RowProps) {
  return (
    <IfMay action="secret.write">
      <span className="flex flex-wrap items-center justify-end gap-1 py-1">
        <LinkButton
          to={`${paths.secrets(at, secret.name)}#field-value`}
          size="small"
          tone={secret.isSet ? "quiet" : "secondary"}
          aria-label={`${secret.isSet ? "Replace" : "Set"} ${secret.name}`}
        >
          {secret.isSet ? "Replace" : "Set"}
        </LinkButton>
        {secret.isSet ? <UnsetSecret secret={secret} liveVersion={liveVersion} /> : null}
      </span>
    </IfMay>
  );
}

function SecretState({ secret }: { secret: SecretItem }) {
  if (secret.isStale) return <StateMark tone="waiting">{secret.isSet ? "Older value runs" : "Still in use"}</StateMark>;
  if (secret.isSet) return <StateMark tone="live">Set</StateMark>;
  return <StateMark tone={secret.isRequired ? "failed" : "idle"}>{secret.isRequired ? "Missing" : "Not set"}</StateMark>;
}
