// The secrets of an agent: names, versions and dates; never a value.
import { KeyRound } from "lucide-react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { Moment } from "~/app/ui/moment";
import { StateMark } from "~/app/ui/state-mark";
import { Tag } from "~/app/ui/tag";
import type { SecretItem } from "~/server/secrets/secrets.contract";

export function SecretsTable({ secrets }: { secrets: SecretItem[] }) {
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
          <HeadCell>State</HeadCell>
          <HeadCell isWideOnly>Version</HeadCell>
          <HeadCell isNumber isWideOnly>
            Changed
          </HeadCell>
          <HeadCell isNumber isWideOnly>
            Last used
          </HeadCell>
          <HeadCell isNumber>
            <span className="sr-only">Act</span>
          </HeadCell>
        </>
      }
    >
      {secrets.map((secret) => (
        <SecretRow key={secret.name} secret={secret} />
      ))}
    </DataTable>
  );
}

function SecretRow({ secret }: { secret: SecretItem }) {
  return (
    <tr>
      <Cell>
        <span className="grid justify-items-start gap-1 py-2">
          <code className="whitespace-nowrap font-medium font-mono text-[0.8125rem] text-ink">{secret.name}</code>
          {secret.isRequired ? <Tag>required</Tag> : null}
          {secret.isOptional ? <Tag>optional</Tag> : null}
        </span>
      </Cell>
      <Cell>
        <SecretState secret={secret} />
      </Cell>
      <Cell isWideOnly>{secret.version > 0 ? <Tag isMono>v{secret.version}</Tag> : "–"}</Cell>
      <Cell isNumber isWideOnly>
        {secret.updatedAt ? <Moment at={secret.updatedAt} /> : "–"}
        {secret.updatedBy ? <p className="max-w-40 truncate text-ink-3 text-xs">by {secret.updatedBy}</p> : null}
      </Cell>
      <Cell isNumber isWideOnly>
        {secret.lastInjectedAt ? <Moment at={secret.lastInjectedAt} /> : "never"}
      </Cell>
      <Cell isNumber>{secret.isSet ? <Unset name={secret.name} /> : null}</Cell>
    </tr>
  );
}

function SecretState({ secret }: { secret: SecretItem }) {
  if (secret.isSet && secret.isStale) return <StateMark tone="waiting">Redeploy to use</StateMark>;
  if (secret.isSet) return <StateMark tone="live">Set</StateMark>;
  return <StateMark tone={secret.isRequired ? "failed" : "idle"}>{secret.isRequired ? "Missing" : "Not set"}</StateMark>;
}

function Unset({ name }: { name: string }) {
  const isBusy = useIsSubmitting(`unset ${name}`);
  return (
    <CsrfForm>
      <input type="hidden" name="name" value={name} />
      <Button tone="quiet" size="small" name="intent" value={`unset ${name}`} isBusy={isBusy} aria-label={`Unset ${name}`}>
        Unset
      </Button>
    </CsrfForm>
  );
}
