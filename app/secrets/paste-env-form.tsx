// Several secrets at once from pasted `.env` text: read in the browser, keys previewed, values never shown.
import { useRouteLoaderData, useSubmit } from "@remix-run/react";
import { useState } from "react";
import { useIsSubmitting } from "~/app/csrf-form";
import type { loader } from "~/app/root";
import { Button } from "~/app/ui/button";
import { Dialog } from "~/app/ui/dialog";
import { SecretAreaField } from "~/app/ui/secret-area-field";
import type { SecretItem } from "~/server/secrets/secrets.contract";
import { EnvPreview } from "./env-preview";
import { type EnvEntry, parseEnvText } from "./parse-env-text";
import { secretFieldOf } from "./secrets-of-form";

type Props = { secrets: SecretItem[]; close: () => void };

export function PasteDialog({ secrets, close }: Props) {
  return (
    <Dialog
      isOpen
      onClose={close}
      title="Set several secrets"
      description="Paste the text of a .env file. It is read here in your browser; all of its keys are set in one act, or none."
    >
      <PasteForm secrets={secrets} close={close} />
    </Dialog>
  );
}

/** The text lives in the field alone and goes with the dialog; what is sent holds only what can be set. */
function PasteForm({ secrets, close }: Props) {
  const [text, setText] = useState("");
  const isBusy = useIsSubmitting("setMany");
  const send = useSending();
  const { entries, refusals } = parseEnvText(text);
  return (
    <form
      autoComplete="off"
      className="grid grid-cols-1 gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        send(entries);
        close();
      }}
    >
      <SecretAreaField
        label="Text"
        name="env"
        rows={6}
        placeholder={"OPENAI_API_KEY=sk-…\nREGION=eu"}
        className="max-h-[30dvh] overflow-y-auto"
        onChange={(event) => setText(event.target.value)}
      />
      <EnvPreview entries={entries} refusals={refusals} secrets={secrets} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button type="button" onClick={close}>
          Cancel
        </Button>
        <Button tone="primary" disabled={entries.length === 0} isBusy={isBusy}>
          {entries.length === 0 ? "Set secrets" : entries.length === 1 ? "Set 1 secret" : `Set ${entries.length} secrets`}
        </Button>
      </div>
    </form>
  );
}

function useSending(): (entries: readonly EnvEntry[]) => void {
  const submit = useSubmit();
  const root = useRouteLoaderData<typeof loader>("root");
  return (entries) => {
    const form = new FormData();
    form.set("csrf", root?.csrfToken ?? "");
    form.set("intent", "setMany");
    for (const { name, value } of entries) form.set(secretFieldOf(name), value);
    submit(form, { method: "post" });
  };
}
