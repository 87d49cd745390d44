// Who vouches for a person: the accounts elsewhere that open this one, another one, and one less.
import { Link2 } from "lucide-react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { paths } from "~/app/paths";
import { Button } from "~/app/ui/button";
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import type { IdentityItem, OfferedProviderItem, SignInMethods } from "~/server/accounts/sign-in-methods.contract";
import { ProviderMark } from "./provider-mark";

/** Shows nothing where no provider is offered and none is connected. */
export function SignInMethodsPanel({ methods }: { methods: SignInMethods }) {
  const { identities, offered } = methods;
  if (identities.length === 0 && offered.length === 0) return null;
  return (
    <Panel title="Connected accounts" description="Each of them signs in to this account by itself." isFlush>
      {identities.length > 0 ? (
        <ul className="divide-y divide-line">
          {identities.map((identity) => (
            <IdentityRow key={identity.identityId} identity={identity} />
          ))}
        </ul>
      ) : null}
      {offered.length > 0 ? (
        <ul className={`flex flex-wrap gap-3 p-4 sm:p-5 ${identities.length > 0 ? "border-line border-t" : ""}`}>
          {offered.map((provider) => (
            <li key={provider.key} className="min-w-0">
              <ConnectButton provider={provider} />
            </li>
          ))}
        </ul>
      ) : null}
    </Panel>
  );
}

function IdentityRow({ identity }: { identity: IdentityItem }) {
  const { identityId, providerName, email, createdAt, lastUsedAt } = identity;
  const intent = `disconnect ${identityId}`;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-5">
      <Link2 aria-hidden="true" className="size-4 text-ink-3" />
      <div className="min-w-0 flex-1 basis-48 text-sm">
        <p className="break-words font-medium">{providerName}</p>
        <p className="break-words text-[0.8125rem] text-ink-3">
          {email ? `${email}, ` : ""}connected <Moment at={createdAt} />
          {lastUsedAt ? (
            <>
              , used <Moment at={lastUsedAt} />
            </>
          ) : null}
        </p>
      </div>
      <CsrfForm action={paths.connections()}>
        <input type="hidden" name="identityId" value={identityId} />
        <Button
          tone="quiet"
          size="small"
          name="intent"
          value={intent}
          aria-label={`Disconnect ${providerName}`}
          isBusy={useIsSubmitting(intent)}
        >
          Disconnect
        </Button>
      </CsrfForm>
    </li>
  );
}

function ConnectButton({ provider }: { provider: OfferedProviderItem }) {
  const intent = `connect ${provider.key}`;
  const isBusy = useIsSubmitting(intent);
  return (
    <CsrfForm action={paths.connections()}>
      <input type="hidden" name="provider" value={provider.key} />
      <Button name="intent" value={intent} isBusy={isBusy} className="max-w-full">
        {isBusy ? null : <ProviderMark provider={provider.key} />}
        <span className="truncate">Connect {provider.name}</span>
      </Button>
    </CsrfForm>
  );
}
