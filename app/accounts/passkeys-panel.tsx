// A person's passkeys: which there are, another one, and one less.
import { useRevalidator } from "@remix-run/react";
import { KeyRound } from "lucide-react";
import { type FormEvent, useState } from "react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { paths } from "~/app/paths";
import { Button } from "~/app/ui/button";
import { Moment } from "~/app/ui/moment";
import { Notice } from "~/app/ui/notice";
import { Panel } from "~/app/ui/panel";
import { Tag } from "~/app/ui/tag";
import { TextField } from "~/app/ui/text-field";
import { passkeyNameCharactersMax } from "~/server/accounts/passkey-name.contract";
import type { PasskeyItem } from "~/server/accounts/passkeys.contract";
import { PasskeyPlaceNotice, usePasskeyReach } from "./passkey-place";
import { usePasskey } from "./use-passkey";

export function PasskeysPanel({ passkeys, origin }: { passkeys: PasskeyItem[]; origin: string }) {
  return (
    <Panel
      title="Passkeys"
      description="Sign in by finger, face or PIN of your device. Nothing to type, nothing to steal."
      isFlush
    >
      {passkeys.length > 0 ? (
        <ul className="divide-y divide-line border-line border-b">
          {passkeys.map((passkey) => (
            <PasskeyRow key={passkey.passkeyId} passkey={passkey} />
          ))}
        </ul>
      ) : null}
      <div className="p-4 sm:p-5">
        <AddPasskey origin={origin} isFirst={passkeys.length === 0} />
      </div>
    </Panel>
  );
}

function PasskeyRow({ passkey }: { passkey: PasskeyItem }) {
  const intent = `removePasskey ${passkey.passkeyId}`;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-5">
      <KeyRound aria-hidden="true" className="size-4 text-ink-3" />
      <div className="min-w-0 flex-1 basis-48 text-sm">
        <p className="flex flex-wrap items-center gap-2 break-words font-medium">
          {passkey.name}
          {passkey.isBackedUp ? <Tag>kept in a password manager</Tag> : null}
        </p>
        <p className="text-[0.8125rem] text-ink-3">
          Added <Moment at={passkey.createdAt} />,{" "}
          {passkey.lastUsedAt ? (
            <>
              used <Moment at={passkey.lastUsedAt} />
            </>
          ) : (
            "not used yet"
          )}
        </p>
      </div>
      <CsrfForm>
        <input type="hidden" name="passkeyId" value={passkey.passkeyId} />
        <Button
          tone="quiet"
          size="small"
          name="intent"
          value={intent}
          aria-label={`Remove ${passkey.name}`}
          isBusy={useIsSubmitting(intent)}
        >
          Remove
        </Button>
      </CsrfForm>
    </li>
  );
}

function AddPasskey({ origin, isFirst }: { origin: string; isFirst: boolean }) {
  const reach = usePasskeyReach(origin);
  const { revalidate } = useRevalidator();
  const [name, setName] = useState("");
  const passkey = usePasskey("add", {
    returnTo: paths.accountSignIn(),
    onDone: () => {
      setName("");
      revalidate();
    },
  });
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) void passkey.run(name.trim());
  };
  if (reach === "elsewhere" || reach === "never") {
    return <PasskeyPlaceNotice reach={reach} origin={origin} path={paths.accountSignIn()} />;
  }
  return (
    <form onSubmit={add} className="grid gap-4">
      {passkey.problem ? <Notice tone="problem" title={passkey.problem} /> : null}
      <div className="flex flex-wrap items-end gap-3">
        <div className="min-w-0 max-w-xs flex-1 basis-48">
          <TextField
            label={isFirst ? "Name of your first passkey" : "Name of another passkey"}
            name="passkeyName"
            placeholder="Work laptop"
            required
            maxLength={passkeyNameCharactersMax}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        <Button isBusy={passkey.isBusy} disabled={reach === "unknown"}>
          Add a passkey
        </Button>
      </div>
    </form>
  );
}
