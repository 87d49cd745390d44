// One secret's past: who set which version, when an agent was given it last, how it ended; and when it expires.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { TextField } from "~/app/ui/text-field";
import { IfMay } from "~/app/workspaces/if-may";
import type { SecretItem, SecretVersionItem } from "~/server/secrets/secrets.contract";

type Props = { secret: SecretItem; versions: SecretVersionItem[] };

export function SecretHistory({ secret, versions }: Props) {
  return (
    <div id="secret">
      <Panel
        title={<code className="break-all font-mono">{secret.name}</code>}
        description="Every version that was set. Values are not kept: a replaced or unset one is destroyed."
        isFlush
      >
        <DataTable
          caption={`Versions of ${secret.name}`}
          head={
            <>
              <HeadCell>Version</HeadCell>
              <HeadCell>Set</HeadCell>
              <HeadCell>Ended</HeadCell>
              <HeadCell isNumber>Last used</HeadCell>
            </>
          }
        >
          {versions.map((version) => (
            <VersionRow key={version.version} version={version} />
          ))}
        </DataTable>
        {secret.isSet ? (
          <IfMay action="secret.write">
            <ExpiryForm key={secret.name} secret={secret} />
          </IfMay>
        ) : null}
      </Panel>
    </div>
  );
}

function VersionRow({ version }: { version: SecretVersionItem }) {
  return (
    <tr>
      <Cell className="font-mono text-[0.8125rem] text-ink">v{version.version}</Cell>
      <Cell>
        <Moment at={version.setAt} />
        <p className="max-w-40 truncate text-ink-3 text-xs">by {version.setBy}</p>
      </Cell>
      <Cell>
        {version.endedAt ? (
          <>
            {version.endedHow} <Moment at={version.endedAt} />
            <p className="max-w-40 truncate text-ink-3 text-xs">by {version.endedBy}</p>
          </>
        ) : (
          <span className="text-live">current</span>
        )}
      </Cell>
      <Cell isNumber>{version.lastInjectedAt ? <Moment at={version.lastInjectedAt} /> : "never"}</Cell>
    </tr>
  );
}

function ExpiryForm({ secret }: { secret: SecretItem }) {
  const isBusy = useIsSubmitting("expiry");
  return (
    <CsrfForm className="flex flex-wrap items-end gap-3 border-line border-t p-4 sm:px-5">
      <input type="hidden" name="intent" value="expiry" />
      <input type="hidden" name="name" value={secret.name} />
      <TextField
        id="field-new-expiry"
        label="Expires"
        name="expiresOn"
        type="date"
        autoComplete="off"
        defaultValue={secret.expiresAt?.toISOString().slice(0, 10)}
      />
      <Button isBusy={isBusy}>Save the date</Button>
    </CsrfForm>
  );
}
