// Letters and what became of them, for the operator.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { Moment } from "~/app/ui/moment";
import { StateMark, type StateTone } from "~/app/ui/state-mark";
import type { OutboxItem } from "~/server/accounts/accounts.contract";
import { MailText } from "./mail-text";

export function OutboxList({ letters, origin }: { letters: OutboxItem[]; origin: string }) {
  return (
    <ul className="divide-y divide-line">
      {letters.map((mail) => (
        <li key={mail.mailId} className="grid grid-cols-1 gap-2 px-4 py-4 sm:px-5">
          <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 text-sm">
            <h2 className="min-w-0 break-words font-medium">{mail.subject}</h2>
            <p className="text-[0.8125rem] text-ink-3">
              to <span className="break-all">{mail.recipient}</span>, <Moment at={mail.createdAt} />
            </p>
          </div>
          {mail.text === null ? <WhatBecame mail={mail} /> : <MailText text={mail.text} origin={origin} />}
        </li>
      ))}
    </ul>
  );
}

const states: Record<OutboxItem["status"], { tone: StateTone; word: string }> = {
  held: { tone: "waiting", word: "Held here" },
  queued: { tone: "waiting", word: "On its way" },
  sent: { tone: "live", word: "Sent" },
  failed: { tone: "failed", word: "Given up" },
};

function WhatBecame({ mail }: { mail: OutboxItem }) {
  const { tone, word } = states[mail.status];
  const intent = `retry ${mail.mailId}`;
  const isBusy = useIsSubmitting(intent);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-[0.8125rem]">
      <StateMark tone={tone}>{word}</StateMark>
      <p className="min-w-0 flex-1 basis-48 text-ink-2">
        {mail.lastError ?? ""}
        {mail.status === "queued" && mail.nextAttemptAt && mail.attempts > 0 ? (
          <>
            {" "}
            Try {mail.attempts + 1} follows <Moment at={mail.nextAttemptAt} />.
          </>
        ) : null}
        {mail.sentAt ? <Moment at={mail.sentAt} /> : null}
      </p>
      {mail.status === "failed" ? (
        <CsrfForm>
          <input type="hidden" name="mailId" value={mail.mailId} />
          <Button size="small" name="intent" value={intent} isBusy={isBusy}>
            Send again
          </Button>
        </CsrfForm>
      ) : null}
    </div>
  );
}
