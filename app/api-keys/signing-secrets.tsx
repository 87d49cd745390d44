// The secrets by which calls of one key are signed, and the one that was just made.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { CodeBlock } from "~/app/ui/code-block";
import { Moment } from "~/app/ui/moment";
import { Notice } from "~/app/ui/notice";
import type { SigningSecretItem } from "~/server/api-keys/signing.contract";
import { signingSecretsMax } from "~/server/api-keys/signing-words.contract";
import { asSignedCall, type SignedCall, secretVariable } from "./signed-call";

export function ShownSecret({ secret, call }: { secret: string; call: SignedCall }) {
  return (
    <Notice tone="done" title="Copy the secret now: it is shown this once.">
      <CodeBlock text={secret} label="the signing secret" wraps className="mt-2" />
      <p className="mt-3 text-ink-2">
        Never send it. Put it into <code className="font-mono text-ink">{secretVariable}</code> and sign each call with it:
      </p>
      <CodeBlock text={asSignedCall(call)} label="a signed call in TypeScript" className="mt-1" />
    </Notice>
  );
}

type ListProps = { secrets: SigningSecretItem[]; mayManage: boolean };

export function SecretList({ secrets, mayManage }: ListProps) {
  if (secrets.length === 0)
    return <p className="text-ink-2 text-sm">None yet: calls of this key are proven by the key itself.</p>;
  return (
    <ul className="divide-y divide-line">
      {secrets.map((secret) => (
        <li key={secret.secretId} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5 first:pt-0 last:pb-0">
          <code className="font-mono text-ink text-sm">{secret.hint}…</code>
          <span className="min-w-0 flex-1 text-ink-3 text-xs">
            made <Moment at={secret.createdAt} />, {secret.lastUsedAt ? <LastUse at={secret.lastUsedAt} /> : "never used"}
          </span>
          {mayManage ? <Remove secretId={secret.secretId} hint={secret.hint} /> : null}
        </li>
      ))}
    </ul>
  );
}

function LastUse({ at }: { at: Date }) {
  return (
    <>
      last used <Moment at={at} />
    </>
  );
}

function Remove({ secretId, hint }: { secretId: string; hint: string }) {
  const intent = `remove ${secretId}`;
  return (
    <CsrfForm>
      <input type="hidden" name="signingSecretId" value={secretId} />
      <Button
        tone="quiet"
        size="small"
        name="intent"
        value={intent}
        isBusy={useIsSubmitting(intent)}
        aria-label={`Remove ${hint}`}
      >
        Remove
      </Button>
    </CsrfForm>
  );
}

export function NewSecret({ count }: { count: number }) {
  const isBusy = useIsSubmitting("create");
  if (count >= signingSecretsMax) {
    return <p className="text-ink-3 text-sm">A key has at most {signingSecretsMax}. Remove one that is not used any more.</p>;
  }
  return (
    <CsrfForm className="grid justify-items-start gap-3">
      <p className="max-w-2xl text-ink-2 text-sm leading-6">
        To rotate: make another one, change your program, and remove the old one once it is not used any more. Every one on the
        list counts until it is removed.
      </p>
      <Button tone="primary" name="intent" value="create" isBusy={isBusy}>
        Make a signing secret
      </Button>
    </CsrfForm>
  );
}
