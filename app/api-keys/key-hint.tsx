// Why somebody should look at a key, and the one act that settles it.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { paths } from "~/app/paths";
import { Button } from "~/app/ui/button";
import { LinkButton } from "~/app/ui/link-button";
import { StateMark } from "~/app/ui/state-mark";
import type { ApiKeyHint, ApiKeyItem } from "~/server/api-keys/api-keys.contract";
import { flagWords } from "./key-words";

type Props = { hint: ApiKeyHint; item: ApiKeyItem; workspaceId: string; mayManage: boolean };

export function KeyHint({ hint, item, workspaceId, mayManage }: Props) {
  const { tone, word } = flagWords[hint.flag];
  return (
    <div className="sticky left-4 flex max-w-[calc(100vw-4.25rem)] flex-wrap items-center gap-x-3 gap-y-1 sm:left-5">
      <StateMark tone={tone}>{word}</StateMark>
      <p className="min-w-0 flex-1 basis-56 text-[0.8125rem] text-ink-2 leading-5">{hint.explanation}</p>
      {mayManage ? <HintAct hint={hint} item={item} workspaceId={workspaceId} /> : null}
    </div>
  );
}

const words: Record<Exclude<ApiKeyHint["act"], "reroll">, (hint: ApiKeyHint) => string> = {
  revoke: () => "Revoke",
  narrow: (hint) => `Narrow to ${hint.preset}`,
  end_overlap: () => "End overlap now",
};

function HintAct({ hint, item, workspaceId }: Omit<Props, "mayManage">) {
  const intent = `${hint.act} ${item.keyId}`;
  const isBusy = useIsSubmitting(intent);
  if (hint.act === "reroll") {
    return (
      <LinkButton to={paths.keyReroll(workspaceId, item.keyId)} size="small">
        Reroll
      </LinkButton>
    );
  }
  return (
    <CsrfForm>
      <input type="hidden" name="keyId" value={item.keyId} />
      <input type="hidden" name="preset" value={hint.preset ?? ""} />
      <Button size="small" name="intent" value={intent} isBusy={isBusy}>
        {words[hint.act](hint)}
      </Button>
    </CsrfForm>
  );
}
