// The secrets that sign for one endpoint.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { webhookSecretsMax } from "~/server/webhooks/webhook-words.contract";
import type { WebhookSecretItem } from "~/server/webhooks/webhooks.contract";

export function WebhookSecrets({ secrets, mayChange }: { secrets: WebhookSecretItem[]; mayChange: boolean }) {
  return (
    <Panel
      title="Secrets"
      description="Each event is signed with every one of these. To rotate: make another, let the receiver check with it, remove the old one."
      actions={mayChange && secrets.length < webhookSecretsMax ? <AddSecret /> : null}
    >
      <ul className="divide-y divide-line">
        {secrets.map((secret) => (
          <li key={secret.secretId} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5 first:pt-0 last:pb-0">
            <code className="font-mono text-ink text-sm">{secret.hint}…</code>
            <span className="min-w-0 flex-1 text-ink-3 text-xs">
              made <Moment at={secret.createdAt} />
            </span>
            {mayChange && secrets.length > 1 ? <RemoveSecret secret={secret} /> : null}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function AddSecret() {
  return (
    <CsrfForm>
      <Button size="small" name="intent" value="addSecret" isBusy={useIsSubmitting("addSecret")}>
        Make another
      </Button>
    </CsrfForm>
  );
}

function RemoveSecret({ secret }: { secret: WebhookSecretItem }) {
  const intent = `removeSecret ${secret.secretId}`;
  return (
    <CsrfForm>
      <input type="hidden" name="webhookSecretId" value={secret.secretId} />
      <Button
        tone="quiet"
        size="small"
        name="intent"
        value={intent}
        isBusy={useIsSubmitting(intent)}
        aria-label={`Remove ${secret.hint}`}
      >
        Remove
      </Button>
    </CsrfForm>
  );
}
